import { join } from "node:path";
import { BallastError } from "../../errors.ts";
import { makeFolder, writeNewFile } from "../../node/files.ts";
import { newMasterKey } from "../secrets/keyring.ts";
import { CONFIG_FORMAT } from "./config.ts";
import { CONFIG_FILE } from "./config-file.ts";

/** A configuration with what each part is for, to be edited. */
function template(circuit: string) {
  return {
    "//": "Keys named // are for people. Secrets are not in here: BALLAST_MASTER_KEY, BALLAST_PRIVATE_KEY, BALLAST_RPC and DATABASE_URL, or each with _FILE.",
    format: CONFIG_FORMAT,
    data: "data",
    deployment: "deployment.json",
    circuit,
    snapshots: {
      "//": "the file that is given to `ballast publish`, watched; or propose: {market, policy}, with signers in processes of their own (docs/operate/signers.md); keeper: what is done in cases (docs/operate/keeper.md)",
      file: "snapshot.json",
    },
    venues: [
      {
        "//": "portfolios as *.json or *.jsonl; declaredBy is venue for customers' accounts, self for a firm's own",
        ...{ kind: "file", name: "book", path: "portfolios", declaredBy: "venue" },
      },
    ],
    prover: { "//": "atOnce: proofs at a time on this machine", backend: "auto", atOnce: 1 },
    plan: {
      "//": "seconds within which a breach, a changed tier or a new commitment is proven, and before an attestation ends at which it is renewed",
      ...{ within: 120, renewBefore: 900 },
    },
    sender: {
      "//": "blocks until a transaction is final; caps on the gas price and on a day's spending; seconds until more is offered",
      ...{
        confirmations: 2,
        maxFeeGwei: "100",
        spendADayEther: "0.1",
        bumpAfter: 30,
        batch: 64,
        dryRun: false,
      },
    },
  };
}

export interface Initialised {
  readonly config: string;
  /** Holds the master key; without it nothing in the database opens. */
  readonly masterKey: string;
}

/** Writes a configuration and a new master key, which its owner alone can read. @throws {BallastError} FILE_ERROR where either is there already. */
export function initialise(folder: string, circuit: string): Initialised {
  makeFolder(folder);
  const files = { config: join(folder, CONFIG_FILE), masterKey: join(folder, "master.key") };
  writeOnce(files.config, `${JSON.stringify(template(circuit), null, 2)}\n`, 0o644);
  writeOnce(files.masterKey, `${newMasterKey()}\n`, 0o600);
  return files;
}

function writeOnce(path: string, content: string, mode: number): void {
  try {
    writeNewFile(path, content, mode);
  } catch (cause) {
    if (!(cause instanceof BallastError)) throw cause;
    throw new BallastError("FILE_ERROR", cause.shortMessage, {
      hint: "What is there is kept: choose another folder, or move it away.",
      cause,
    });
  }
}
