"""A counter-flow heat exchanger: water is warmed by a hot stream of another fluid."""

import math

HEAT_CAPACITY = {"water": 4180.0, "oil": 2000.0, "glycol": 2430.0}


def effectiveness(units: float, ratio: float) -> float:
    """The part of the greatest possible heat that passes."""
    if abs(1.0 - ratio) < 1e-9:
        return units / (1.0 + units)
    decay = math.exp(-units * (1.0 - ratio))
    return (1.0 - decay) / (1.0 - ratio * decay)


def outlet_temperatures(area: float, hot_flow: float, cold_flow: float, fluid: str = "oil") -> dict[str, float]:
    """Outlet temperatures in degrees, for flows in kg/s and an area in square metres."""
    hot_inlet, cold_inlet = 95.0, 15.0
    hot = float(hot_flow) * HEAT_CAPACITY[fluid]
    cold = float(cold_flow) * HEAT_CAPACITY["water"]
    smaller, larger = min(hot, cold), max(hot, cold)
    coefficient = 350.0 * (hot_flow / 0.5) ** 0.8
    heat = effectiveness(coefficient * area / smaller, smaller / larger) * smaller * (hot_inlet - cold_inlet)
    return {"hot": hot_inlet - heat / hot, "cold": cold_inlet + heat / cold}


def yearly_cost(area: float, hot_flow: float, cold_flow: float) -> float:
    """What the exchanger costs, what pumping costs, and what an outlet colder than 60 degrees costs."""
    shortfall = max(60.0 - outlet_temperatures(area, hot_flow, cold_flow)["cold"], 0.0)
    return 120.0 * math.pow(area, 0.8) + 400.0 * hot_flow**2 + 2.0 * shortfall**2
