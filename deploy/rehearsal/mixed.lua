-- Mixed traffic for wrk: each thread has one connection, asks one thing after another as the
-- weights say, and times each by the kind it is of. The plan is a file of lines:
--   weight <TAB> kind <TAB> method <TAB> path <TAB> content type <TAB> file with the body
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]]
local now = ffi.new("moment")
local function seconds()
  ffi.C.clock_gettime(1, now)
  return tonumber(now.seconds) + tonumber(now.nanoseconds) / 1e9
end

local threads = {}
function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  math.randomseed(1000 + number)
  wheel = {}
  for line in io.lines(arguments[1]) do
    local fields = {}
    for field in (line .. "\t"):gmatch("(.-)\t") do table.insert(fields, field) end
    local body = nil
    if fields[6] ~= "" then
      local file = io.open(fields[6], "rb")
      body = file:read("*a")
      file:close()
    end
    local plan = { kind = fields[2], method = fields[3], path = fields[4], type = fields[5], body = body }
    for _ = 1, tonumber(fields[1]) do table.insert(wheel, plan) end
  end
  log = io.open(arguments[2] .. "." .. number, "w")
  log:setvbuf("line")
end

function request()
  plan = wheel[math.random(#wheel)]
  local headers = { ["Accept-Encoding"] = "gzip" }
  if plan.body then headers["Content-Type"] = plan.type end
  started = seconds()
  return wrk.format(plan.method, plan.path, headers, plan.body)
end

function response(status, headers, body)
  log:write(string.format("%s\t%d\t%.6f\t%.3f\n", plan.kind, status, seconds() - started, started))
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("errors\t%d\t%d\t%d\t%d\n", e.connect, e.read, e.write, e.timeout))
end
