import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountOf, connect, connectReader } from "../../src/chain/client.ts";
import { viemReader } from "../../src/chain/coverage/read.ts";
import type { Deployment } from "../../src/chain/deploy/deployment.ts";
import { loadDeployment } from "../../src/chain/deploy/deployment-file.ts";
import { anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { publishByOf } from "../../src/chain/snapshot/oracle-messages.ts";
import { publishSnapshot, signSnapshot, snapshotPoint } from "../../src/chain/snapshot/publish.ts";
import { FIELD_MODULUS, formatField } from "../../src/math/field.ts";
import { tableInstance } from "../../src/prover/circuits.ts";
import { loadKey } from "../../src/prover/keys/load-key.ts";
import { loadProofFile } from "../../src/prover/proof-file.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { cli, cliJson, expectRefusal, portfolio } from "../cli/harness.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import {
  attestArgs,
  DEADLINE,
  INSTANCE,
  proveArgs,
  publishArgs,
  START,
  type Stage,
  signByTwo,
  startStage,
} from "./stage.ts";

type ProofJson = Record<string, unknown> & { signals: Record<string, unknown> };
const refusedByChain = (error: string, says = new RegExp(error)) => ({ exit: 3, code: "CHAIN_ERROR", says });

useSimulatedProofs([tableInstance(INSTANCE)]);

let stage: Stage;
/** Two oracles' signatures under the first snapshot. */
let signatures: string[];
/** A proof that the tests leave unattested until they need it. */
let spare: string;
beforeAll(async () => {
  stage = await startStage();
  signatures = await signByTwo(stage, stage.snapshot);
  spare = await prove("spare");
});
afterAll(() => stage.stop());

let good: string;
let late: string;

/** Proves a portfolio of one's own; returns the proof's path. */
async function prove(account: string, snapshot = stage.snapshot, deadline = DEADLINE, deployment?: string) {
  const file = stage.folder.writeJson(`${account}.json`, portfolio(account, { USDC: "250000", BTC: "-1" }));
  const output = stage.folder.file(`${account}.proof.json`);
  const argv = proveArgs(stage, snapshot, file, output, deadline);
  await cliJson(...argv.map((text) => (text === stage.deployment ? (deployment ?? text) : text)));
  return output;
}

/** A copy of a proof with something changed. */
function changed(proof: string, change: (json: ProofJson) => unknown): string {
  const json = JSON.parse(readFileSync(proof, "utf8")) as ProofJson;
  return stage.folder.writeJson("changed.proof.json", change(json));
}

async function attestationOf(proof: string) {
  const { accountId, commitment } = loadProofFile(proof).signals;
  const { public: client } = await connectReader(stage.anvil.rpcUrl);
  return viemReader(client, loadDeployment(stage.deployment)).readAttestation(accountId, commitment);
}

async function setTime(seconds: bigint): Promise<void> {
  const { public: client } = await connectReader(stage.anvil.rpcUrl);
  const params = [`0x${seconds.toString(16)}`];
  await client.request({ method: "evm_setNextBlockTimestamp", params } as never);
  await client.request({ method: "evm_mine" } as never);
}

describe("deploying", { timeout: 300_000 }, () => {
  const [payer = "0x", oracle = "0x"] = anvilKeys(2);
  const { address } = accountOf(oracle);
  const deploy = (rpc: string, ...rest: string[]) => [
    ...["deploy", INSTANCE, "--rpc", rpc, "-o", stage.folder.file("new.deployment.json")],
    ...["--private-key-file", stage.payer, ...rest],
  ];

  it("refuses development keys on a chain that isn't local, before anything is sent", async () => {
    const mainnet = await startAnvil({ chainId: 1 });
    try {
      await expectRefusal(stage.folder.path, deploy(mainnet.rpcUrl, "--oracle", address), {
        exit: 2,
        code: "DEV_KEY_REFUSED",
        says: /dev key[\s\S]*chain 1[\s\S]*ballast setup --ptau/,
      });
      const { public: client } = await connect(mainnet.rpcUrl, payer);
      expect(await client.getBlockNumber()).toBe(0n);
    } finally {
      await mainnet.stop();
    }
  });

  it("refuses oracles and thresholds that make no sense", async () => {
    const { rpcUrl } = stage.anvil;
    await expectRefusal(stage.folder.path, deploy(rpcUrl, "--oracle", "0x1234"), {
      exit: 2,
      code: "INVALID_INPUT",
      says: /--oracle takes addresses[\s\S]*checksum/,
    });
    const badThreshold = deploy(rpcUrl, "--oracle", address, "--threshold", "2");
    await expectRefusal(stage.folder.path, badThreshold, refusedByChain("InvalidThreshold"));
  });

  it("hands over the addresses when the file can't be written", async () => {
    const argv = deploy(stage.anvil.rpcUrl, "--oracle", address, "--force", "-o", stage.folder.path);
    const { code, out } = await cli(...argv, "--json");
    expect(code).toBe(3);
    const { error } = JSON.parse(out) as { error: { code: string; message: string; hint: string } };
    expect(error.code).toBe("FILE_ERROR");
    expect(error.message).toMatch(/are deployed, but/);
    const deployment = JSON.parse(error.hint.slice(error.hint.indexOf("{"))) as Deployment;
    const { public: client } = await connectReader(stage.anvil.rpcUrl);
    expect(await client.getCode({ address: deployment.coverageRegistry })).toMatch(/^0x../);
  });
});

describe("private keys and nodes", { timeout: 300_000 }, () => {
  const SECRET = "c0ffee00c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55c0ffee66c0ffee77";
  /** Every command that needs a key, without it. */
  const commands = () => {
    const { deployment, snapshot, folder, chain } = stage;
    const on = ["-s", snapshot, "--deployment", deployment, "--instance", INSTANCE];
    return [
      ["sign", ...on, "-o", folder.file("new.signature.json")],
      ["settle", ...on, "--rpc", stage.anvil.rpcUrl],
      ["deploy", INSTANCE, "--rpc", stage.anvil.rpcUrl, "--oracle", accountOf(`0x${SECRET}`).address].concat(
        "-o",
        folder.file("new.deployment.json"),
      ),
      ["attest", spare, ...chain],
      ["publish", ...on, "--rpc", stage.anvil.rpcUrl, "--signatures", ...signatures],
    ];
  };

  it("says where a private key may come from", async () => {
    for (const argv of commands()) {
      await expectRefusal(stage.folder.path, argv, {
        exit: 2,
        code: "INVALID_INPUT",
        says: /No private key was given[\s\S]*BALLAST_PRIVATE_KEY[\s\S]*--private-key-file/,
      });
    }
  });

  it.each([
    ["without 0x", SECRET],
    ["too short", `0x${SECRET.slice(0, 60)}`],
    ["too long", `0x${SECRET}00`],
    ["with words around it", `key = 0x${SECRET}`],
    ["of zero", `0x${"0".repeat(64)}`],
  ])("refuses a key %s and never prints it", async (_, content) => {
    const file = stage.folder.write("malformed.txt", content);
    const refusal = {
      exit: 2,
      code: "INVALID_INPUT",
      says: /private key [\s\S]*is malformed[\s\S]*64 hex digits/,
    };
    for (const argv of commands()) {
      const error = await expectRefusal(stage.folder.path, [...argv, "--private-key-file", file], refusal);
      expect(JSON.stringify(error)).not.toContain(SECRET.slice(0, 60));
      process.env["BALLAST_PRIVATE_KEY"] = content;
      try {
        const { code, out, err } = await cli(...argv);
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err).not.toContain(SECRET.slice(0, 60));
      } finally {
        delete process.env["BALLAST_PRIVATE_KEY"];
      }
    }
  });

  it("refuses a key file that isn't there", async () => {
    const [sign = []] = commands();
    const missing = [...sign, "--private-key-file", stage.folder.file("nowhere.txt")];
    const refusal = { exit: 3, code: "FILE_ERROR", says: /key file .*nowhere\.txt can't be read/ };
    await expectRefusal(stage.folder.path, missing, refusal);
  });

  it("says that a node doesn't answer, without the secrets of its URL", async () => {
    const rest = ["--deployment", stage.deployment];
    for (const argv of [
      ["verify", spare, "--rpc", "http://127.0.0.1:9/v3/hushhush", ...rest],
      ["attest", spare, "--rpc", "http://user:hushhush@127.0.0.1:9", ...rest].concat(
        "--private-key-file",
        stage.payer,
      ),
    ]) {
      const refusal = refusedByChain("", /connecting to the node[\s\S]*RPC URL[\s\S]*running/);
      const error = await expectRefusal(stage.folder.path, argv, refusal);
      expect(JSON.stringify(error)).not.toContain("hushhush");
    }
  });

  it("refuses a node of another chain than the deployment's", async () => {
    const other = await startAnvil({ chainId: 1337 });
    try {
      const to = ["--rpc", other.rpcUrl, "--deployment", stage.deployment];
      const refusal = { exit: 2, code: "INVALID_INPUT", says: /chain 1337[\s\S]*chain 31337[\s\S]*--rpc/ };
      await expectRefusal(stage.folder.path, ["verify", spare, ...to], refusal);
      const attest = ["attest", spare, ...to, "--private-key-file", stage.payer];
      await expectRefusal(stage.folder.path, attest, refusal);
    } finally {
      await other.stop();
    }
  });
});

describe("publishing", { timeout: 300_000 }, () => {
  it("refuses too few signatures, and one given twice", async () => {
    const [first = ""] = signatures;
    const one = publishArgs(stage, stage.snapshot, [first]);
    await expectRefusal(stage.folder.path, one, refusedByChain("NotEnoughSignatures", /Collect more/));
    const twice = publishArgs(stage, stage.snapshot, [first, first]);
    await expectRefusal(stage.folder.path, twice, refusedByChain("SignersNotAscending"));
  });

  it("refuses the signature of somebody who is no oracle", async () => {
    const [first = ""] = signatures;
    const stranger = stage.folder.file("stranger.signature.json");
    await cliJson(
      ...["sign", "-s", stage.snapshot, "--deployment", stage.deployment, "--instance", INSTANCE],
      ...["--private-key-file", stage.payer, "-o", stranger],
    );
    const argv = publishArgs(stage, stage.snapshot, [first, stranger]);
    await expectRefusal(stage.folder.path, argv, refusedByChain("UnknownSigner"));
  });

  it("refuses signatures under another snapshot, and files that are none", async () => {
    const other = stage.folder.file("other.snapshot.json");
    await cliJson("snapshot", "build", "--rows", "14", "-o", other);
    const refusal = { exit: 2, code: "INVALID_INPUT", says: /under another snapshot[\s\S]*publish the one/ };
    const foreign = await signByTwo(stage, other);
    await expectRefusal(stage.folder.path, publishArgs(stage, stage.snapshot, foreign), refusal);

    const { snapshotId } = stage.folder.readJson("first.snapshot.json");
    const forged = foreign.map((path, i) => {
      const signature = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
      return stage.folder.writeJson(`forged-${i}.json`, { ...signature, snapshotId });
    });
    const argv = publishArgs(stage, stage.snapshot, forged);
    await expectRefusal(stage.folder.path, argv, refusedByChain("InvalidSignature"));

    const none = publishArgs(stage, stage.snapshot, [stage.deployment]);
    await expectRefusal(stage.folder.path, none, {
      ...refusal,
      says: /is not a signature[\s\S]*ballast sign/,
    });
  });

  it("publishes once, and refuses the same snapshot again", async () => {
    const argv = publishArgs(stage, stage.snapshot, signatures);
    await cliJson(...argv);
    await expectRefusal(stage.folder.path, argv, refusedByChain("SnapshotAlreadyPublished"));
  });
});

describe("attesting and verifying", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    good = await prove("good");
  });

  it("refuses a proof for another registry or chain", async () => {
    const deployment = loadDeployment(stage.deployment);
    for (const [name, other] of [
      ["registry", { ...deployment, coverageRegistry: deployment.verifierRegistry }],
      ["chain", { ...deployment, chainId: 1337 }],
    ] as const) {
      const path = stage.folder.writeJson(`${name}.deployment.json`, other);
      const proof = await prove(`elsewhere-${name}`, stage.snapshot, DEADLINE, path);
      await expectRefusal(stage.folder.path, attestArgs(stage, good, proof), {
        exit: 2,
        code: "INVALID_PROOF",
        says: /another chain or registry[\s\S]*--deployment/,
      });
      const offChain = ["verify", proof, "-s", stage.snapshot, "--deployment", stage.deployment];
      for (const argv of [offChain, ["verify", proof, ...stage.chain]]) {
        const { code, out } = await cli(...argv);
        expect(code).toBe(1);
        expect(out).toContain("✗ the proof is for this chain and registry");
        expect(out).toContain("NOT VALID");
      }
      expect((await cli("verify", proof, "-s", stage.snapshot)).code).toBe(0);

      // Whoever rewrites the destination breaks the context.
      const { chainId, registry } = JSON.parse(readFileSync(good, "utf8")) as ProofJson;
      const rewritten = changed(proof, (json) => ({ ...json, chainId, registry }));
      const { code, out } = await cli("verify", rewritten, ...stage.chain);
      expect(code).toBe(1);
      expect(out).toContain("✗ the context is that of its chain, registry and deadline");
      expect(out).toContain("✗ the deployed verifier accepts the proof");
      await expectRefusal(stage.folder.path, attestArgs(stage, rewritten), {
        exit: 1,
        code: "PROOF_REJECTED",
        says: /chain refused the proof in .*changed\.proof\.json[\s\S]*Nothing was recorded/,
      });
    }
    expect(await attestationOf(good)).toBeUndefined();
  });

  it("refuses signals outside the field and tiers that don't exist", async () => {
    const word = (value: bigint) => `0x${value.toString(16).padStart(64, "0")}`;
    for (const [key, value] of [
      ["accountId", word(FIELD_MODULUS)],
      ["commitment", word(BigInt(loadProofFile(good).signals.commitment) + FIELD_MODULUS)],
      ["context", `0x${"f".repeat(64)}`],
      ["tier", 5],
    ] as const) {
      const proof = changed(good, (json) => ({ ...json, signals: { ...json.signals, [key]: value } }));
      const says = new RegExp(`signals\\.${key} is wrong`);
      const refusal = { exit: 2, code: "INVALID_PROOF", says };
      await expectRefusal(stage.folder.path, ["verify", proof, "-s", stage.snapshot], refusal);
      await expectRefusal(stage.folder.path, ["verify", proof, ...stage.chain], refusal);
      await expectRefusal(stage.folder.path, attestArgs(stage, proof), refusal);
    }
  });

  it("says no to a better tier, another account, another snapshot and another key", async () => {
    const { tier } = loadProofFile(good).signals;
    const swap = (key: string, value: unknown) =>
      changed(good, (json) => ({ ...json, signals: { ...json.signals, [key]: value } }));
    for (const proof of [swap("tier", tier === 0 ? 1 : 0), swap("accountId", `0x${"0".repeat(63)}7`)]) {
      for (const argv of [["-s", stage.snapshot], stage.chain]) {
        const found = await cli("verify", proof, ...argv, "--json");
        expect(found.code).toBe(1);
        expect(JSON.parse(found.out)).toMatchObject({ valid: false });
      }
    }
    const other = await cli("verify", good, "-s", stage.folder.file("other.snapshot.json"));
    expect(other.code).toBe(1);
    expect(other.out).toContain("✗ the snapshot is the proof's");
    expect(other.out).toContain("✗ the proof verifies");

    const key = await loadKey(tableInstance(INSTANCE));
    const vk = JSON.parse(readFileSync(key.verificationKeyPath, "utf8")) as { IC: unknown[] };
    const path = stage.folder.writeJson("other.vk.json", {
      ...vk,
      IC: [vk.IC[1], vk.IC[0], ...vk.IC.slice(2)],
    });
    const forged = await cli("verify", good, "-s", stage.snapshot, "-k", path);
    expect(forged.code).toBe(1);
    expect(forged.out).toContain("✗ the key is the proof's");
    expect(forged.out).toContain("NOT VALID");
    const short = stage.folder.writeJson("short.vk.json", { ...vk, IC: vk.IC.slice(1) });
    await expectRefusal(stage.folder.path, ["verify", good, "-s", stage.snapshot, "-k", short], {
      exit: 2,
      code: "INVALID_KEY",
      says: /number of IC points/,
      hintless: true,
    });
  });

  it("refuses proof files that are cut off, none, or not there", async () => {
    const cut = stage.folder.write("cut.proof.json", readFileSync(good).subarray(0, 300));
    const refusal = { exit: 2, code: "INVALID_PROOF", says: /not JSON[\s\S]*ballast\.proof\/1/ };
    await expectRefusal(stage.folder.path, ["verify", cut, "-s", stage.snapshot], refusal);
    await expectRefusal(stage.folder.path, attestArgs(stage, good, cut), refusal);
    const none = attestArgs(stage, stage.snapshot);
    await expectRefusal(stage.folder.path, none, { ...refusal, says: /not a valid proof file/ });
    const gone = attestArgs(stage, stage.folder.file("gone.json"));
    await expectRefusal(stage.folder.path, gone, { exit: 3, code: "FILE_ERROR", says: /gone\.json/ });
  });

  it("wants to know what to verify against", async () => {
    const nothing = {
      exit: 2,
      code: "INVALID_INPUT",
      says: /what to verify against[\s\S]*--snapshot[\s\S]*--rpc/,
    };
    await expectRefusal(stage.folder.path, ["verify", good], nothing);
    await expectRefusal(stage.folder.path, ["verify", good, "--rpc", stage.anvil.rpcUrl], {
      ...nothing,
      says: /--rpc needs --deployment/,
    });
  });

  it("records nothing of a batch with one wrong proof, and names it", async () => {
    const wrong = changed(spare, (json) => ({ ...json, proof: loadJson(good)["proof"] }));
    const error = await expectRefusal(stage.folder.path, attestArgs(stage, good, wrong), {
      exit: 1,
      code: "PROOF_REJECTED",
      says: /proof in .*changed\.proof\.json[\s\S]*Leave it out[\s\S]*Nothing was recorded/,
    });
    expect(error.message).not.toContain("good.proof.json");
    expect(await attestationOf(good)).toBeUndefined();
  });

  it("says of a replay that it is attested already, single and in a batch, and sends nothing", async () => {
    const first = await cliJson(...attestArgs(stage, good));
    expect(first).toMatchObject({ attestations: [{ outcome: "attested", current: true }] });
    const before = await attestationOf(good);
    const { snapshotId, signals } = loadProofFile(good);
    const already = {
      ...{ outcome: "attested already", current: true, tier: signals.tier },
      ...{ snapshotId: formatField(snapshotId), accountId: formatField(signals.accountId) },
    };
    const alone = await cliJson(...attestArgs(stage, good));
    expect(alone).toMatchObject({ transactions: [], attestations: [already] });
    const twice = await cliJson(...attestArgs(stage, good, good));
    expect(twice).toMatchObject({ transactions: [], attestations: [already, already] });
    const { code, out } = await cli(...attestArgs(stage, good));
    expect(code).toBe(0);
    expect(out).toMatch(/attested already/);
    expect(await attestationOf(good)).toEqual(before);
  });

  it("shows what is stored where it has another tier, and exits with 1: alone and in a batch", async () => {
    const before = await attestationOf(good);
    const { tier } = loadProofFile(good).signals;
    const other = changed(good, (json) => ({
      ...json,
      signals: { ...(json["signals"] as object), tier: tier === 4 ? 3 : 4 },
    }));
    for (const batch of [[other], [other, good]]) {
      const { code, out, err } = await cli(...attestArgs(stage, ...batch), "--json");
      expect({ code, err }).toEqual({ code: 1, err: "" });
      const { transactions, attestations } = JSON.parse(out) as { transactions: []; attestations: object[] };
      expect(transactions).toEqual([]);
      expect(attestations[0]).toMatchObject({ outcome: "refused", tier, current: true });
      expect(attestations.length).toBe(batch.length);
    }
    const people = await cli(...attestArgs(stage, other));
    expect(people.code).toBe(1);
    expect(people.out).toMatch(/not this proof: the registry keeps what it has/);
    expect(await attestationOf(good)).toEqual(before);
  });

  it("says what an earlier transaction has recorded when a later one is refused", async () => {
    late = await prove("late", stage.snapshot, String(START + 1500n));
    const wrong = changed(late, (json) => ({ ...json, proof: loadJson(good)["proof"] }));
    const { code, err } = await cli(...attestArgs(stage, spare, wrong));
    expect(code).toBe(1);
    expect(err).toMatch(/proof in .*changed\.proof\.json[\s\S]*The 1 transactions before it were recorded/);
    expect(await attestationOf(spare)).toMatchObject({ isCurrent: true });
  });
});

describe("a wrong table point", { timeout: 300_000 }, () => {
  const snapshotFile = () => stage.folder.file("bent.snapshot.json");

  let proof: string;

  it("can only come after the snapshot: a proof on one that isn't on chain is refused", async () => {
    await cliJson("snapshot", "build", "--rows", "100", "-o", snapshotFile());
    proof = await prove("honest", snapshotFile());
    const refusal = refusedByChain("UnknownSnapshot", /Publish the snapshot first/);
    await expectRefusal(stage.folder.path, attestArgs(stage, proof), refusal);
    await expectRefusal(stage.folder.path, ["verify", proof, ...stage.chain], refusal);
    expect((await cli("verify", proof, "-s", snapshotFile())).code).toBe(0);
  });

  it("makes true proofs fail, can't be published by the command, and is disabled on chain", async () => {
    const [bent, true_] = [loadSnapshot(snapshotFile()), loadSnapshot(stage.snapshot)];
    const circuit = tableInstance(INSTANCE);
    const { verifyingKey } = await loadKey(circuit);
    const point = await snapshotPoint(circuit, verifyingKey, true_);
    const deployment = loadDeployment(stage.deployment);
    const [payer = "0x", ...keys] = anvilKeys(3);
    const signed = await signSnapshot(deployment, bent, [point], keys.map(accountOf));
    const files = signed.map((signature, i) =>
      stage.folder.writeJson(`bent-${i}.json`, {
        format: "ballast.signature/2",
        snapshotId: stage.folder.readJson("bent.snapshot.json")["snapshotId"],
        publishBy: publishByOf(bent).toString(),
        ...signature,
      }),
    );
    const publish = publishArgs(stage, snapshotFile(), files);
    await expectRefusal(stage.folder.path, publish, refusedByChain("InvalidSignature"));
    await publishSnapshot(await connect(stage.anvil.rpcUrl, payer), deployment, bent, [point], signed);

    const onChain = await cli("verify", proof, ...stage.chain);
    expect(onChain.code).toBe(1);
    expect(onChain.out).toContain("✗ the deployed verifier accepts the proof");
    await expectRefusal(stage.folder.path, attestArgs(stage, proof), {
      exit: 1,
      code: "PROOF_REJECTED",
      says: /honest\.proof\.json[\s\S]*prove it again/,
    });

    const settle = (snapshot: string) => [
      ...["settle", "-s", snapshot, "--instance", INSTANCE, ...stage.chain],
      ...["--private-key-file", stage.payer],
    ];
    const wrong = await cli(...settle(snapshotFile()));
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain("DISABLED");
    const disabled = refusedByChain("TablePointDisabled", /proven wrong[\s\S]*another snapshot/);
    await expectRefusal(stage.folder.path, attestArgs(stage, proof), disabled);

    expect(await cliJson(...settle(stage.snapshot))).toMatchObject({ outcome: "proven" });
    await expectRefusal(stage.folder.path, settle(stage.snapshot), refusedByChain("AlreadySettled"));
  });
});

describe("time", { timeout: 300_000 }, () => {
  it("refuses a proof past its deadline; it stays true", async () => {
    await setTime(START + 1600n);
    const refusal = refusedByChain("DeadlinePassed", /later deadline/);
    await expectRefusal(stage.folder.path, attestArgs(stage, late), refusal);
    const { code, out } = await cli("verify", late, "-s", stage.snapshot, ...stage.chain);
    expect(code).toBe(0);
    expect(out).toContain("its deadline has passed: it can't be attested any more");
    const moved = changed(late, (json) => ({ ...json, deadline: DEADLINE }));
    await expectRefusal(stage.folder.path, attestArgs(stage, moved), {
      exit: 1,
      code: "PROOF_REJECTED",
      says: /changed\.proof\.json/,
    });
    expect((await cli("verify", moved, "-s", stage.snapshot)).code).toBe(1);
  });

  it("refuses a stale snapshot, to attest and to publish", async () => {
    const stale = await prove("stale", stage.snapshot, String(START + 90_000n));
    await setTime(START + 3_700n);
    const refusal = refusedByChain("SnapshotStale", /newer snapshot/);
    await expectRefusal(stage.folder.path, attestArgs(stage, stale), refusal);
    const other = stage.folder.file("other.snapshot.json");
    const argv = publishArgs(stage, other, await signByTwo(stage, other));
    await expectRefusal(stage.folder.path, argv, refusedByChain("SnapshotTooOld"));
  });
});

function loadJson(path: string): ProofJson {
  return JSON.parse(readFileSync(path, "utf8")) as ProofJson;
}
