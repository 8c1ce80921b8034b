import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import { BallastError } from "../../../errors.ts";
import { type Finding, fault, faultOf, note, ok } from "./finding.ts";

/** A snapshot attests for an hour: a clock this far off, in seconds, is worth to know. */
const DRIFT = 600;

/** The precompiled contract that gives back what it is called with. */
const IDENTITY = "0x0000000000000000000000000000000000000004";
const ECHO = "0x62616c6c617374";
const NOT_A_NODE = "Use another node, or ask who runs this one.";

/** The node, and whether the deployment is on its chain. */
export async function checkChain(
  rpc: string | undefined,
  deployment: string | undefined,
): Promise<Finding[]> {
  if (rpc === undefined)
    return [note("node", "none was given", "Give one, or set BALLAST_RPC.", ["chain.rpc"])];
  const found: Finding[] = [];
  const { connectReader, isLocalChain } = await import("../../../chain/client.ts");
  const { guarded } = await import("../../../chain/guarded.ts");
  try {
    const reader = await connectReader(rpc);
    const local = isLocalChain(reader.chainId) ? ", a local chain" : "";
    found.push(ok("node", `answers, chain ${reader.chainId}${local}`));
    const { timestamp } = await guarded("reading the latest block", () => reader.public.getBlock());
    if (typeof timestamp !== "bigint" || timestamp <= 0n)
      return [fault("node", "its newest block has no time", NOT_A_NODE)];
    const { data } = await guarded("asking a contract that every chain has", () =>
      reader.public.call({ to: IDENTITY, data: ECHO }),
    );
    if (data !== ECHO) return [fault("node", "its answers to eth_call are wrong", NOT_A_NODE)];
    const drift = Math.abs(Date.now() / 1000 - Number(timestamp));
    if (local === "" && drift > DRIFT)
      found.push(note("node's clock", `its newest block is ${Math.round(drift)} s away from this clock`));
    if (deployment !== undefined) found.push(await checkDeployment(deployment, reader));
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    found.push(faultOf("node", error, "Check the RPC URL."));
  }
  return found;
}

async function checkDeployment(
  path: string,
  reader: Awaited<ReturnType<typeof import("../../../chain/client.ts").connectReader>>,
): Promise<Finding> {
  try {
    const { chainId, coverageRegistry } = loadDeployment(path);
    if (chainId !== reader.chainId)
      return fault("deployment", `is on chain ${chainId}`, "Give the node and the deployment of one chain.", [
        "chain.rpc",
        "chain.deployment",
      ]);
    const code = await reader.public.getCode({ address: coverageRegistry });
    if (code === undefined || code === "0x")
      return fault(
        "deployment",
        "its contracts are not on this chain",
        "Was the local chain started anew? Deploy again, or give its own deployment.",
      );
    return ok("deployment", "its contracts are there");
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    return faultOf("deployment", error, "Check the file.");
  }
}
