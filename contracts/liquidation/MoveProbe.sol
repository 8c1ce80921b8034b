// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVolatilityOracle} from "../oracle/IVolatilityOracle.sol";
import {IPortfolioSale} from "./IPortfolioSale.sol";

/// @title Questions to a volatility oracle that may not answer
/// @author Ballast
/// @notice An oracle that is silent, or answers in another form than expected, stops nothing and taxes nobody; and
/// nobody can make it silent by giving too little gas.
library MoveProbe {
    /// @notice Gas for the oracle's answer about moves: enough for all rounds that it keeps.
    uint256 internal constant ORACLE_GAS = 3_000_000;
    /// @notice Gas beside it.
    uint256 private constant SPARE_GAS = 400_000;

    /// @notice The last final round, while it is fresh: an older one says nothing about prices now.
    /// @param oracle the oracle.
    /// @return its number; 0 without an oracle, without a fresh round, or when it doesn't answer.
    function latestRound(address oracle) internal view returns (uint32) {
        (uint256 size, uint256 isFresh, ) = _ask(oracle, abi.encodeCall(IVolatilityOracle.isFresh, ()), gasleft());
        if (size < 32 || isFresh != 1) return 0;
        uint256 round;
        (size, round, ) = _ask(oracle, abi.encodeCall(IVolatilityOracle.latestRound, ()), gasleft());
        return size >= 32 && round <= type(uint32).max ? uint32(round) : 0;
    }

    /// @notice The largest move of a price since a round. Reverts with NotEnoughGas when the oracle may need more.
    /// @param oracle the oracle.
    /// @param fromRound the round; 0: none.
    /// @param until the last moment that counts, Unix seconds.
    /// @return ppm of the price; 0 when the oracle doesn't answer.
    function largestMove(address oracle, uint32 fromRound, uint64 until) internal view returns (uint256 ppm) {
        if (fromRound == 0) return 0;
        uint256 needed = ORACLE_GAS + ORACLE_GAS / 32 + SPARE_GAS;
        if (gasleft() < needed) revert IPortfolioSale.NotEnoughGas(needed);
        bytes memory question = abi.encodeCall(IVolatilityOracle.largestMove, (fromRound, until));
        (uint256 size, uint256 move, uint256 rounds) = _ask(oracle, question, ORACLE_GAS);
        return size >= 64 && rounds <= type(uint32).max && move <= type(uint128).max ? move : 0;
    }

    /// @notice Asks the oracle. `try` would not do: it catches no answer of another form than expected, so such an
    /// oracle could stop a sale, or keep a hold for good.
    /// @param oracle the oracle.
    /// @param question the encoded call.
    /// @param most gas for it.
    /// @return size bytes of the answer; 0 when there is none.
    /// @return first the answer's first word, if it has one.
    /// @return second its second word, if it has two.
    function _ask(
        address oracle,
        bytes memory question,
        uint256 most
    ) private view returns (uint256 size, uint256 first, uint256 second) {
        assembly ("memory-safe") {
            if staticcall(most, oracle, add(question, 32), mload(question), 0, 64) {
                size := returndatasize()
                first := mload(0)
                second := mload(32)
            }
        }
    }
}
