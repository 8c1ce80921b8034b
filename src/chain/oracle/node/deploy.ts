import { type Address, encodeDeployData } from "viem";
import type { ChainClient } from "../../client.ts";
import { volatilityOracleAbi as abi } from "../../generated/volatility-oracle.ts";
import { contractBytecode } from "../../node/artifacts.ts";
import { create } from "../../transact.ts";
import { encodeSymbol, type OracleParameters } from "../rounds.ts";

export interface DeployVolatilityOracleOptions {
  /** The ERC-20 token of the bonds. */
  readonly token: Address;
  /** 1 to 8 symbols, e.g. BTC; fixed for good. */
  readonly underlyings: readonly string[];
  /** 3 to 16 addresses. */
  readonly feeders: readonly Address[];
  readonly parameters: OracleParameters;
  /** Who may schedule changes. Default: the deployer. */
  readonly owner?: Address;
}

/**
 * Deploys a volatility oracle. Nobody has bonded yet: its first round needs `minFeeders` that have.
 * @throws {BallastError} INVALID_INPUT for a symbol that isn't 1 to 31 bytes; CHAIN_ERROR, e.g. InvalidFeeders,
 *   InvalidParameter, InvalidToken.
 */
export function deployVolatilityOracle(
  client: ChainClient,
  options: DeployVolatilityOracleOptions,
): Promise<Address> {
  const { token, underlyings, feeders, parameters, owner = client.account.address } = options;
  const data = encodeDeployData({
    abi,
    bytecode: contractBytecode().VolatilityOracle,
    args: [owner, token, underlyings.map(encodeSymbol), feeders, parameters],
  });
  return create(client, data, "deploying the volatility oracle");
}
