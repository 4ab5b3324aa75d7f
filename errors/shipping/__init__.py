"""The shipped catalog: YAML files merged into rows without treading on what staff wrote."""

from errors.shipping.files import ShippingError
from errors.shipping.merging import Report, load

__all__ = ["Report", "ShippingError", "load"]
