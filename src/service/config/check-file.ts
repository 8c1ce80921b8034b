import { existsSync, statSync } from "node:fs";
import { type Finding, fault, faultOf, note, ok } from "../../actions/node/doctor/finding.ts";
import { connectReader } from "../../chain/client.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { BallastError } from "../../errors.ts";
import { instanceOf } from "../../prover/circuits.ts";
import { liquidationOfConfig } from "../keeper/open-file.ts";
import { checkSchema, hasSchema } from "../store/migrate.ts";
import { openPostgres } from "../store/postgres.ts";
import type { Config } from "./config.ts";
import {
  type Environment,
  keyringOf,
  loadConfig,
  neededSecret,
  SECRETS,
  secretOf,
  senderKeyOf,
  signerKeyOf,
} from "./config-file.ts";

/** Looks at everything that a service needs before it starts; changes nothing. */
export async function checkConfig(file: string, environment: Environment): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = loadConfig(file);
  } catch (error) {
    return [caught("configuration", error)];
  }
  return [
    ok("configuration", `${config.venues.length} venues, circuit ${config.circuit}`),
    ...(await Promise.all([
      attempt("circuit", () => instanceOf("coverage", config.circuit).name),
      attempt("deployment", () => deploymentText(config)),
      attempt("master key", () => keyringOf(environment).keyId),
      attempt("sender's key", () => {
        senderKeyOf(environment);
        return "is there";
      }),
      ...(config.signer === undefined
        ? []
        : [
            attempt("signer's key", () => {
              signerKeyOf(environment);
              return "is there";
            }),
          ]),
      ...(config.keeper === undefined ? [] : [attempt("keeper", () => keeperText(config))]),
      attempt("node", () => nodeText(config, environment)),
      attempt("database", () => databaseText(config, environment)),
    ])),
    ...config.venues.map((venue) =>
      pathFinding(venue.name, venue.kind === "file" ? venue.path : venue.keyFile),
    ),
    ...snapshotFindings(config.snapshots.file),
    ...SECRETS.flatMap((name) => secretFinding(environment[`${name}_FILE`])),
  ];
}

function snapshotFindings(file: string | undefined): readonly Finding[] {
  if (file === undefined) return [];
  if (existsSync(file)) return [ok("snapshot", "is there")];
  return [note("snapshot", "is not there yet", "The service waits for the file that you publish.")];
}

async function attempt(check: string, look: () => string | Promise<string>): Promise<Finding> {
  try {
    return ok(check, await look());
  } catch (error) {
    return caught(check, error);
  }
}

function caught(check: string, error: unknown): Finding {
  if (!(error instanceof BallastError)) throw error;
  return faultOf(check, error, "See the documents of the service.");
}

function deploymentText({ deployment, circuit }: Config): string {
  const { chainId, verifiers } = loadDeployment(deployment);
  const { name } = instanceOf("coverage", circuit);
  if (verifiers.some((verifier) => verifier.circuit === name)) return `chain ${chainId}`;
  throw new BallastError("UNKNOWN_CIRCUIT", `The deployment has no verifier of ${name}.`, {
    hint: "Choose an instance that it was deployed with.",
  });
}

/** What a keeper acts in, and the keys of what it has proven. */
async function keeperText(config: Config): Promise<string> {
  await liquidationOfConfig(config, loadDeployment(config.deployment), ["keeper"]);
  return `as ${config.keeper?.roles.join(", ")}`;
}

async function nodeText({ deployment }: Config, environment: Environment): Promise<string> {
  const { chainId } = await connectReader(neededSecret(environment, "BALLAST_RPC"));
  if (chainId === loadDeployment(deployment).chainId) return `answers, chain ${chainId}`;
  throw new BallastError("INVALID_INPUT", `The node is on chain ${chainId}, the deployment is not.`, {
    hint: "Set BALLAST_RPC to a node of the deployment's chain.",
  });
}

async function databaseText({ data }: Config, environment: Environment): Promise<string> {
  const url = secretOf(environment, "DATABASE_URL");
  if (url === undefined) return `embedded, in ${data}`;
  const database = await openPostgres(url);
  try {
    if (!(await hasSchema(database))) return "PostgreSQL, empty: `ballast serve` makes the schema";
    await checkSchema(database);
    return "PostgreSQL, its schema this version's";
  } finally {
    await database.close();
  }
}

function pathFinding(name: string, path: string): Finding {
  const check = `venue ${name}`;
  if (existsSync(path)) return ok(check, "is there");
  return fault(check, "its path is not there", `Make ${path}, or correct the configuration.`);
}

function secretFinding(path: string | undefined): readonly Finding[] {
  if (path === undefined || path === "" || process.platform === "win32") return [];
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return [];
  return [
    fault(`file ${path}`, `others may read it (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${path}`),
  ];
}
