import type { Address, Hex } from "viem";
import { getAddress, isAddress, isHex } from "viem/utils";
import type { ChainClient } from "../chain/client.ts";
import type { Deployment } from "../chain/deploy/deployment.ts";
import { BallastError } from "../errors.ts";
import { readTextFile } from "../node/files.ts";
import type { Parser } from "./input.ts";

/** A whole number of at least 1 from the command line. @throws {BallastError} INVALID_INPUT. */
export function parseCount(text: string, option: string, digits = 9): number {
  if (!/^[1-9][0-9]*$/.test(text) || text.length > digits) {
    throw new BallastError("INVALID_INPUT", `${option} takes a whole number of at least 1.`, {
      hint: `Write it in at most ${digits} digits and nothing else, e.g. 240.`,
    });
  }
  return Number(text);
}

/** A whole number of at least 1, of any size: lots, or units of a token. @throws {BallastError} INVALID_INPUT. */
export function parseUnits(text: string, option: string): bigint {
  if (/^[1-9][0-9]{0,76}$/.test(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", `${option} takes a whole number of at least 1.`, {
    hint: "Write digits and nothing else, e.g. 240.",
  });
}

/** One of some words. @param what they are, e.g. "backend". */
export function oneOf<const Word extends string>(what: string, words: readonly Word[]): Parser<Word> {
  const list = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return (text, name) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw new BallastError("INVALID_INPUT", `There is no ${what} ${JSON.stringify(text.slice(0, 40))}.`, {
      hint: `${name} is ${list}.`,
    });
  };
}

/** An address from the command line. @throws {BallastError} INVALID_INPUT. */
export function addressOf(text: string, option: string): Address {
  if (isAddress(text)) return getAddress(text);
  throw new BallastError("INVALID_INPUT", `${option} takes addresses: 0x and 40 hex digits.`, {
    hint: "In mixed case, the checksum must fit.",
  });
}

/** A solvency run's id from the command line. @throws {BallastError} INVALID_INPUT. */
export function runIdOf(text: string, name: string): Hex {
  if (isHex(text) && text.length === 66) return text;
  throw new BallastError("INVALID_INPUT", `${name} takes a run's id: 0x and 64 hex digits.`, {
    hint: "`ballast solvency show` prints that of the latest run.",
  });
}

/**
 * Connects with the account of `--private-key-file` or `BALLAST_PRIVATE_KEY`; keys are never taken from the command line,
 * where other users of the machine could read them.
 * @throws {BallastError} INVALID_INPUT without a key, FILE_ERROR, CHAIN_ERROR.
 */
export async function connectWith(rpc: string, keyFile: string | undefined): Promise<ChainClient> {
  const key = privateKey(keyFile);
  const { connect } = await import("../chain/client.ts");
  return connect(rpc, key);
}

/**
 * A deployment's addresses mean nothing on another chain: somebody else's contracts may be there.
 * @throws {BallastError} INVALID_INPUT.
 */
export function checkChainId(chainId: number, deployment: Pick<Deployment, "chainId">): void {
  if (chainId === deployment.chainId) return;
  throw new BallastError(
    "INVALID_INPUT",
    `The node is on chain ${chainId}, the deployment on chain ${deployment.chainId}.`,
    { hint: "Give the --rpc and the --deployment of one chain." },
  );
}

/** One private key from a file, or from the environment. @throws {BallastError} INVALID_INPUT, FILE_ERROR. */
export function privateKey(keyFile: string | undefined): Hex {
  const text = keyFile === undefined ? process.env["BALLAST_PRIVATE_KEY"] : readTextFile(keyFile, "key file");
  if (keyFile === undefined && (text === undefined || text === "")) {
    throw new BallastError("INVALID_INPUT", "No private key was given.", {
      hint: "Set BALLAST_PRIVATE_KEY, or give --private-key-file.",
    });
  }
  const key = text?.trim();
  if (isHex(key) && key.length === 66) return key;
  const what = keyFile === undefined ? "The private key" : `The private key in ${keyFile}`;
  throw new BallastError("INVALID_INPUT", `${what} is malformed.`, {
    hint: "Write it as 0x and 64 hex digits.",
  });
}
