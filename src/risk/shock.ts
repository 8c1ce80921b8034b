import { BLACK76_DOMAIN } from "../math/black76.ts";
import { powWad } from "../math/pow.ts";
import { divFloor, lesser } from "../math/rounding.ts";
import { WAD, type Wad, wad } from "../math/wad.ts";
import { checkPolicyShape, type Policy, ppm } from "./policy.ts";
import type { Shape } from "./shape.ts";

const MILLION = 1_000_000n;
const PPM_TO_WAD = WAD / MILLION;
const DAY_MS = 86_400_000n;

/** One scenario in integers: ppm, one shock an underlying. */
export interface Shock {
  readonly spot: readonly bigint[];
  readonly vol: readonly bigint[];
  readonly weight: bigint;
}

/** The policy's volatility rules in integers at 1e18. */
export interface VolatilityRules {
  readonly minimum: Wad;
  readonly maximum: Wad;
  readonly floor: Wad;
  readonly upFloor: Wad;
  readonly referenceDays: Wad;
  readonly minimumDays: Wad;
  readonly shortPower: Wad;
  readonly longPower: Wad;
}

/** The policy's scenarios, padded with shocks of nothing to the shape's number. */
export function shocksOf(policy: Policy, shape: Shape): Shock[] {
  checkPolicyShape(policy, shape);
  const nothing = policy.underlyings.map(() => 0n);
  return Array.from({ length: shape.scenarios }, (_, index) => {
    const scenario = policy.scenarios[index];
    if (scenario === undefined) return { spot: nothing, vol: nothing, weight: MILLION };
    return { spot: scenario.spot.map(ppm), vol: scenario.vol.map(ppm), weight: ppm(scenario.weight) };
  });
}

export function volatilityRules(policy: Policy): VolatilityRules {
  const at18 = (text: string): Wad => wad(ppm(text) * PPM_TO_WAD);
  const { volatility } = policy;
  return {
    minimum: at18(volatility.minimum),
    maximum: at18(volatility.maximum),
    floor: at18(volatility.floor),
    upFloor: at18(volatility.upFloor),
    referenceDays: at18(volatility.referenceDays),
    minimumDays: at18(volatility.minimumDays),
    shortPower: at18(volatility.shortPower),
    longPower: at18(volatility.longPower),
  };
}

/** A price after a relative shock in ppm, 1e18, rounded down. */
export function shockedPrice(price: Wad, shock: bigint): Wad {
  return wad((price * (MILLION + shock)) / MILLION);
}

/**
 * How much harder a maturity is shocked than the reference maturity: `(referenceDays / max(days, minimumDays))^power`, where power is
 * `shortPower` below the reference maturity and `longPower` from there on. 1e18, by {@link powWad}.
 *
 * @param remaining milliseconds to expiry, > 0.
 */
export function termFactor(rules: VolatilityRules, remaining: bigint): Wad {
  const exact = (remaining * WAD) / DAY_MS;
  const days = exact > rules.minimumDays ? exact : rules.minimumDays;
  const power = days < rules.referenceDays ? rules.shortPower : rules.longPower;
  return powWad(wad((rules.referenceDays * WAD) / days), power);
}

/**
 * `vol' = vol * (1 + shock * factor)`, 1e18, rounded down, then
 * - shocked up: at least `upFloor`;
 * - shocked down: at least `floor`, unless it already was lower, which it then keeps;
 * - at most 100 (10,000 %), the pricing model's limit.
 *
 * @param shock relative, ppm; 0 leaves the volatility as it is.
 */
export function shockedVolatility(rules: VolatilityRules, volatility: Wad, shock: bigint, factor: Wad): Wad {
  if (shock === 0n) return volatility;
  const moved = divFloor(volatility * (MILLION * WAD + shock * factor), MILLION * WAD);
  const floor = shock > 0n ? rules.upFloor : volatility < rules.floor ? volatility : rules.floor;
  return wad(lesser(moved > floor ? moved : floor, BLACK76_DOMAIN.volatility.max));
}
