import { z } from "zod";
import { deploymentFileSchema } from "../../src/chain/deploy/deployment.ts";
import { liquidationParametersFileSchema } from "../../src/chain/liquidation/parameters-file.ts";
import { oracleParametersFileSchema } from "../../src/chain/oracle/parameters-file.ts";
import { liquidityFileSchema } from "../../src/chain/oracle/readings.ts";
import { signatureFileSchema } from "../../src/chain/snapshot/signature-file.ts";
import { bidFileSchema } from "../../src/liquidation/bid.ts";
import { disclosureFileSchema } from "../../src/liquidation/disclosure.ts";
import { disclosureKeyFileSchema } from "../../src/liquidation/disclosure-key.ts";
import { pathFileSchema } from "../../src/liquidation/path-plan.ts";
import { chainFileSchema } from "../../src/market/importers/ballast.ts";
import { lotsFileSchema } from "../../src/market/lots.ts";
import { registryFileSchema } from "../../src/market/registry.ts";
import { accountFileSchema, portfolioFileSchema } from "../../src/portfolio/format.ts";
import { inclusionFileSchema } from "../../src/portfolio/inclusion.ts";
import { openingFileSchema } from "../../src/portfolio/opening.ts";
import { keyFileSchema } from "../../src/prover/key-manifest.ts";
import { ceremonyFileSchema } from "../../src/prover/keys/transcript.ts";
import { proofFileSchema } from "../../src/prover/proof-format.ts";
import { policyFileSchema } from "../../src/risk/policy-format.ts";
import { snapshotFileSchema } from "../../src/risk/snapshot.ts";
import { snapshotInputsSchema } from "../../src/risk/snapshot-inputs.ts";
import { configSchema } from "../../src/service/config/config.ts";
import {
  batchFileSchema,
  reportFileSchema,
  runFileSchema,
  runSecretFileSchema,
} from "../../src/solvency/run-format.ts";
import { GENERATED } from "./page.ts";

interface Format {
  readonly schema: z.ZodType;
  /** What the file is, with the noun first. */
  readonly what: string;
  /** The commands that write it; absent: people do. */
  readonly from?: string;
  readonly secret?: true;
}

/** By file: what it is, who writes it, whether it opens anything. */
const FORMATS: Readonly<Record<string, Format>> = {
  chain: { schema: chainFileSchema, what: "one moment of a market", from: "ballast chain convert" },
  lots: { schema: lotsFileSchema, what: "lots of assets that Ballast has none for" },
  registry: {
    schema: registryFileSchema,
    what: "ids and lots that a venue's instruments keep",
    from: "ballast snapshot build --registry",
  },
  policy: { schema: policyFileSchema, what: "a venue's margin rules", from: "ballast policy show" },
  snapshot: {
    schema: snapshotFileSchema.extend({
      inputs: snapshotInputsSchema.extend({ policy: policyFileSchema }),
    }),
    what: "the public table of a market under a policy",
    from: "ballast snapshot build",
  },
  portfolio: {
    schema: portfolioFileSchema,
    what: "positions of one account",
    from: "ballast portfolio convert",
    secret: true,
  },
  account: {
    schema: accountFileSchema,
    what: "a portfolio and the salt that opens its commitment",
    from: "ballast liquidate register",
    secret: true,
  },
  path: {
    schema: pathFileSchema,
    what: "the cheapest way of one account to a tier, in slices, with its lower bound",
    from: "ballast path",
    secret: true,
  },
  opening: {
    schema: openingFileSchema,
    what: "salts of one account's commitments",
    from: "ballast prove --opening",
    secret: true,
  },
  key: { schema: keyFileSchema, what: "what a circuit's key is of, beside it", from: "ballast setup" },
  ceremony: {
    schema: ceremonyFileSchema,
    what: "the transcript of a ceremony, beside each of its keys",
    from: "ballast ceremony",
  },
  proof: { schema: proofFileSchema, what: "a coverage proof", from: "ballast prove" },
  deployment: { schema: deploymentFileSchema, what: "addresses of contracts", from: "ballast deploy" },
  signature: {
    schema: signatureFileSchema,
    what: "an oracle's signature of a snapshot and its table points",
    from: "ballast sign",
  },
  inclusion: {
    schema: inclusionFileSchema,
    what: "a customer's proof that its account is in a run",
    from: "ballast inclusion prove",
    secret: true,
  },
  run: { schema: runFileSchema, what: "what a solvency run began with", from: "ballast solvency run" },
  "run-secret": {
    schema: runSecretFileSchema,
    what: "salt and sums of a solvency run",
    from: "ballast solvency run",
    secret: true,
  },
  batch: { schema: batchFileSchema, what: "the proof of one batch of a run", from: "ballast solvency run" },
  report: {
    schema: reportFileSchema,
    what: "the report of a run, with its reserves",
    from: "ballast solvency run",
  },
  bid: {
    schema: bidFileSchema,
    what: "cash and salt of a sealed bid",
    from: "ballast liquidate bid",
    secret: true,
  },
  "disclosure-key": {
    schema: disclosureKeyFileSchema,
    what: "a liquidator's key pair for disclosures",
    from: "ballast liquidate key create",
    secret: true,
  },
  disclosure: {
    schema: disclosureFileSchema,
    what: "an account's opening, before it is encrypted to a liquidator",
    secret: true,
  },
  "liquidation-parameters": {
    schema: liquidationParametersFileSchema,
    what: "windows, bonds and shares of a venue's liquidation",
  },
  "oracle-parameters": {
    schema: oracleParametersFileSchema,
    what: "rounds and bonds of a volatility oracle",
  },
  config: {
    schema: configSchema,
    what: "what a service reads, proves with and may spend",
    from: "ballast init",
  },
  liquidity: { schema: liquidityFileSchema, what: "depth and volume that a feeder reports" },
};

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** All values that `format` may have. */
function namesOf(schema: JsonSchema): string[] {
  const parts = schema.oneOf ?? schema.anyOf;
  if (parts !== undefined) return parts.flatMap(namesOf);
  const name = schema.properties?.["format"]?.const;
  return typeof name === "string" ? [name] : [];
}

/** What a file holds before it is read: numbers that are texts stay texts. */
function jsonSchemaOf(name: string, { schema, what }: Format): JsonSchema & object {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // Addresses and signatures are checked by a function: a schema can say that they are texts.
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "custom") Object.assign(jsonSchema, { type: "string", pattern: "^0x" });
    },
  });
  return { $schema, title: name, description: what, ...rest } as JsonSchema & object;
}

/** A page that lists the formats, and one JSON schema each. */
export function formatPages(): Record<string, string> {
  const pages: Record<string, string> = {};
  const rows: string[] = [];
  for (const [name, format] of Object.entries(FORMATS)) {
    const schema = jsonSchemaOf(name, format);
    pages[`docs/reference/schemas/${name}.json`] = `${JSON.stringify(schema, null, 2)}\n`;
    const names = namesOf(schema).map((text) => `\`${text}\``);
    const from = format.from === undefined ? "people" : `\`${format.from}\``;
    rows.push(
      `| [${name}](schemas/${name}.json) | ${format.what} | ${names.join(", ") || "–"} | ${from} | ${format.secret === true ? "yes" : "no"} |`,
    );
  }
  pages["docs/reference/file-formats.md"] = `# File formats

${GENERATED}

JSON files, each with a JSON schema (draft 2020-12). Amounts and quantities are decimal texts, field elements and hashes hexadecimal texts with \`0x\`. Unknown keys are refused, and so is a key that stands twice.
A schema says the form. What depends on more than one value (an address's checksum, a number below the field's order, lists of one length) is checked when the file is read, and named in the error.
Secret files open a commitment or a bid: they are written for their owner alone.

| file | what | \`format\` | written by | secret |
|---|---|---|---|---|
${rows.join("\n")}

Two formats are no JSON objects: [a venue's accounts](venue-files.md) are lines of accounts, and [the tree over them](../protocol/accounts-tree.md) is binary.
`;
  return pages;
}
