import type { Address } from "viem";
import type { LiquidationPlan } from "../../actions/node/deploy-system.ts";
import { loadParameters } from "../../chain/liquidation/parameters-file.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { LAST_COLLATERAL_ID } from "../../market/registry.ts";
import type { Field } from "../../math/field.ts";
import { option, toggle, type ValuesOf } from "../input.ts";
import { addressOf, parseCount, parseUnits } from "../options.ts";
import { parseFieldOption } from "./parsers.ts";

/** Flags of `ballast deploy` that mean nothing without `--liquidation`. */
const details = {
  settlement: option(
    "--settlement <token>",
    "the ERC-20 token in which cash, bonds and fees are paid",
    addressOf,
  ),
  settlementId: option("--settlement-id <n>", "its instrument id, 1 to 7 (default: 1)", parseAssetId),
  unitsPerLot: option(
    "--units-per-lot <n>",
    "the token's smallest units in a lot, e.g. 10000: a cent of six decimals",
    parseUnits,
  ),
  microsPerLot: option(
    "--micros-per-lot <n>",
    "what a lot is worth in micro-USD, e.g. 10000: a cent",
    parseMicros,
  ),
  houseAccount: option(
    "--house-account <id>",
    "the clearing house's account, a field element in decimal or hex",
    parseHouse,
  ),
  operator: option("--operator <address>", "who acts for the clearing house (default: the owner)", addressOf),
  guardian: option(
    "--guardian <address>",
    "who may stop new cases, and nothing else (default: the owner)",
    addressOf,
  ),
  cadence: option(
    "--cadence <seconds>",
    "how often the oracles will publish a snapshot: windows and clocks must go with it (default: 300)",
    parseCount,
  ),
  parameters: option(
    "--parameters <file>",
    "windows, bonds and rates (default: an hour's soft window, 1,000 USD bonds)",
  ),
};

export const liquidationFlags = {
  liquidation: toggle(
    "--liquidation",
    "also the venue's liquidation: clock, ledger, engine, challenges, auction, sale, clearing house",
  ),
  ...details,
};

export const LIQUIDATION_HELP = `
With --liquidation the verifiers of the circuits that go with each coverage instance are deployed too. Afterwards the venue
gives the settlement asset its token, which is done here where the deployer is the venue (else: ballast vault add), and
registers the clearing house's account: ballast liquidate register --house -o house.json

A parameters file is {"format": "ballast.liquidation-parameters/2", "engine": {"softWindow": 3600}, "sale": {}, "funds": {}};
what it leaves out is standard. Bounds: docs/protocol/liquidation.md, docs/protocol/clearing-house.md.`;

/** @throws {BallastError} INVALID_INPUT, FILE_ERROR. */
export function liquidationPlan(
  values: ValuesOf<typeof liquidationFlags> & { readonly owner?: Address; readonly clearingHouse?: Address },
  venue: Address | undefined,
): LiquidationPlan | undefined {
  if (!values.liquidation) {
    const stray = Object.entries(details).find(([key]) => key in values);
    if (stray === undefined) return undefined;
    throw new BallastError("INVALID_INPUT", `${flagOf(stray[1].spec)} goes with --liquidation.`, {
      hint: "Add --liquidation and --venue, or leave it out.",
    });
  }
  if (venue === undefined)
    throw new BallastError("INVALID_INPUT", "--liquidation goes with --venue.", {
      hint: "Give the venue whose accounts it is about.",
    });
  if (values.clearingHouse !== undefined)
    throw new BallastError("INVALID_INPUT", "--liquidation brings its own clearing house.", {
      hint: "Leave out --clearing-house.",
    });
  const { settlement, unitsPerLot, microsPerLot, houseAccount, settlementId = 1 } = values;
  const { owner, guardian, operator, cadence } = values;
  if (settlement === undefined) throw missing("settlement");
  if (unitsPerLot === undefined) throw missing("unitsPerLot");
  if (microsPerLot === undefined) throw missing("microsPerLot");
  if (houseAccount === undefined) throw missing("houseAccount");
  return {
    ...{ venue, token: settlement, unitsPerLot, microsPerLot, settlementId, houseAccount },
    parameters: loadParameters(values.parameters, unitsPerLot, microsPerLot),
    ...given({ owner, guardian, operator, cadence: cadence === undefined ? undefined : BigInt(cadence) }),
  };
}

function missing(name: keyof typeof details): BallastError {
  return new BallastError("INVALID_INPUT", `--liquidation takes ${flagOf(details[name].spec)}.`, {
    hint: "Give --settlement, --units-per-lot, --micros-per-lot and --house-account.",
  });
}

function flagOf(spec: string): string {
  return spec.split(" ")[0] ?? spec;
}

function parseAssetId(text: string, name: string): number {
  const id = parseCount(text, name);
  if (id <= LAST_COLLATERAL_ID) return id;
  throw new BallastError("INVALID_INPUT", `There is no collateral asset ${id}.`, {
    hint: `Their ids are 1 to ${LAST_COLLATERAL_ID}.`,
  });
}

function parseMicros(text: string, name: string): bigint {
  const micros = parseUnits(text, name);
  if (micros < 1n << 63n) return micros;
  throw new BallastError("INVALID_INPUT", `${name} is too large.`, { hint: "A cent is 10000 micro-USD." });
}

function parseHouse(text: string, name: string): Field {
  const house = parseFieldOption(text, name);
  if (house !== 0n) return house;
  throw new BallastError("INVALID_INPUT", "The clearing house's account can't be 0.", {
    hint: "Give a number that no other account has.",
  });
}

/** What the venue has to do next. @param path the deployment's file. */
export function nextSteps(path: string, plan: LiquidationPlan, assetAdded: boolean): string[] {
  const { settlementId, token, unitsPerLot } = plan;
  const on = `--rpc URL --deployment ${path}`;
  return [
    ...(assetAdded
      ? []
      : [`ballast vault add ${settlementId} --token ${token} --units-per-lot ${unitsPerLot} ${on}`]),
    `ballast liquidate register --house -o house.json ${on}`,
  ];
}
