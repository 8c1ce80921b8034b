import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, encodeDeployData, encodeFunctionData, type Hex } from "viem";
import type { ChainClient } from "../../src/chain/client.ts";
import {
  type CompiledContract,
  compileSources,
  contractSources,
  PACKAGE_ROOT,
} from "../../src/chain/node/compile.ts";
import { create, transact } from "../../src/chain/transact.ts";

const FOLDER = "test/contracts/helpers";
/** Contracts that only tests deploy. */
const MOCKS = {
  Token: `${FOLDER}/Tokens.sol`,
  FeeToken: `${FOLDER}/Tokens.sol`,
  MockClearingHouse: `${FOLDER}/SolvencyFixture.sol`,
  VolatilityOracle: "contracts/oracle/VolatilityOracle.sol",
} as const;
type MockName = keyof typeof MOCKS;

let compiled: Record<MockName, CompiledContract> | undefined;

function mock(name: MockName): CompiledContract {
  compiled ??= compileSources(
    {
      ...contractSources(),
      ...Object.fromEntries(
        readdirSync(join(PACKAGE_ROOT, FOLDER), { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".sol"))
          .map((file) => [`${FOLDER}/${file}`, readFileSync(join(PACKAGE_ROOT, FOLDER, file), "utf8")]),
      ),
    },
    MOCKS,
  );
  return compiled[name];
}

export function deployMock(
  client: ChainClient,
  name: MockName,
  args: readonly unknown[] = [],
): Promise<Address> {
  const { abi, bytecode } = mock(name);
  return create(client, encodeDeployData({ abi, bytecode, args: [...args] }), `deploying ${name}`);
}

/** Calls a mock. */
export function call(
  client: ChainClient,
  to: Address,
  name: MockName,
  functionName: string,
  args: readonly unknown[],
): Promise<unknown> {
  const data: Hex = encodeFunctionData({ abi: mock(name).abi, functionName, args: [...args] });
  return transact(client, { to, data, doing: `calling ${functionName}` });
}
