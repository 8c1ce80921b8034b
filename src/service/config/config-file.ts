import { dirname, resolve } from "node:path";
import type { Hex } from "viem";
import { BallastError } from "../../errors.ts";
import { readJsonFile, readTextFile } from "../../node/files.ts";
import { inFile } from "../../node/in-file.ts";
import { Keyring } from "../secrets/keyring.ts";
import { type Config, parseConfig } from "./config.ts";
import type { KeeperConfig } from "./keeper-schema.ts";
import type { MarketConfig } from "./snapshot-schemas.ts";

/** Where a service's configuration is looked for. */
export const CONFIG_FILE = "ballast.config.json";

/** Reads a configuration; its paths are from the folder that it is in. @throws {BallastError} FILE_ERROR, INVALID_INPUT. */
export function loadConfig(file: string): Config {
  const hint = "`ballast init` writes one.";
  const config = inFile(file, () => parseConfig(readJsonFile(file, "configuration", { hint })));
  const from = (path: string): string => resolve(dirname(file), path);
  return {
    ...config,
    data: from(config.data),
    deployment: from(config.deployment),
    snapshots: snapshotsFrom(config.snapshots, from),
    ...(config.signer === undefined ? {} : { signer: marketFrom(config.signer, from) }),
    ...(config.solvency === undefined
      ? {}
      : { solvency: { ...config.solvency, folder: from(config.solvency.folder) } }),
    ...(config.keeper === undefined ? {} : { keeper: keeperFrom(config.keeper, from) }),
    venues: config.venues.map((venue) =>
      venue.kind === "file"
        ? { ...venue, path: from(venue.path) }
        : { ...venue, keyFile: from(venue.keyFile) },
    ),
  };
}

function snapshotsFrom(
  { file, propose }: Config["snapshots"],
  from: (path: string) => string,
): Config["snapshots"] {
  return {
    ...(file === undefined ? {} : { file: from(file) }),
    ...(propose === undefined ? {} : { propose: marketFrom(propose, from) }),
  };
}

/** A preset's name is no path, and a policy's file ends in .json. */
function marketFrom<Part extends { readonly market: MarketConfig; readonly policy: string }>(
  part: Part,
  from: (path: string) => string,
): Part {
  const { market, policy } = part;
  return {
    ...part,
    policy: policy.endsWith(".json") ? from(policy) : policy,
    market: market.kind === "file" ? { ...market, path: from(market.path) } : market,
  };
}

function keeperFrom(keeper: KeeperConfig, from: (path: string) => string): KeeperConfig {
  const { disclosureKeyFile, accounts } = keeper;
  return {
    ...keeper,
    accounts: accounts.map(from),
    ...(disclosureKeyFile === undefined ? {} : { disclosureKeyFile: from(disclosureKeyFile) }),
  };
}

/** What is secret, or differs by machine: from the environment, or from the file that the same variable with `_FILE` names. */
export interface Environment {
  readonly [name: string]: string | undefined;
}

export const SECRETS = [
  "BALLAST_MASTER_KEY",
  "BALLAST_PRIVATE_KEY",
  "BALLAST_SIGNER_KEY",
  "BALLAST_VENUE_KEY",
  "BALLAST_RPC",
  "DATABASE_URL",
] as const;
export type SecretName = (typeof SECRETS)[number];

/** @returns undefined where neither variable is set. @throws {BallastError} FILE_ERROR; INVALID_INPUT where both are. */
export function secretOf(environment: Environment, name: SecretName): string | undefined {
  const value = environment[name] === "" ? undefined : environment[name];
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === "") return value;
  if (value !== undefined)
    throw new BallastError("INVALID_INPUT", `${name} and ${name}_FILE are both set.`, {
      hint: "Set one of them.",
    });
  return readTextFile(file, "secret file").trim();
}

/** @throws {BallastError} INVALID_INPUT, saying what is missing; FILE_ERROR. */
export function neededSecret(environment: Environment, name: SecretName): string {
  const value = secretOf(environment, name);
  if (value !== undefined) return value;
  throw new BallastError("INVALID_INPUT", `${name} is not set.`, {
    hint: `Set it, or ${name}_FILE to a file that holds it and that its owner alone can read.`,
  });
}

/** @throws {BallastError} INVALID_INPUT, INVALID_KEY, FILE_ERROR. */
export function keyringOf(environment: Environment): Keyring {
  return new Keyring(neededSecret(environment, "BALLAST_MASTER_KEY"));
}

/** The sender's key. @throws {BallastError} INVALID_INPUT, FILE_ERROR. */
export function senderKeyOf(environment: Environment): Hex {
  return keyOf(environment, "BALLAST_PRIVATE_KEY", "sender");
}

/** The oracle's key, with which snapshots are signed and nothing is sent. @throws {BallastError} INVALID_INPUT, FILE_ERROR. */
export function signerKeyOf(environment: Environment): Hex {
  return keyOf(environment, "BALLAST_SIGNER_KEY", "signer");
}

/** The venue's key, with which solvency runs are signed and nothing is sent. @throws {BallastError} INVALID_INPUT, FILE_ERROR. */
export function venueKeyOf(environment: Environment): Hex {
  return keyOf(environment, "BALLAST_VENUE_KEY", "venue");
}

function keyOf(environment: Environment, name: SecretName, whose: string): Hex {
  const key = neededSecret(environment, name);
  if (/^0x[0-9a-fA-F]{64}$/.test(key)) return key as Hex;
  throw new BallastError("INVALID_INPUT", `The ${whose}'s private key is malformed.`, {
    hint: "Write it as 0x and 64 hex digits.",
  });
}
