// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Bn254} from "../verify/Bn254.sol";
import {ISolvencyRegistry} from "./ISolvencyRegistry.sol";

/// @title The netting sum of the reserves
/// @author Ballast
/// @notice `sum of lots / (zeta - id)` over the scalar field r, which must be the accounts' own sum.
/// @dev SOUNDNESS: zeta is made of the accounts' root and of these very reserves (`SolvencyRun.zetaOf`): both sums are
/// fixed before it, and are equal at it only if they are the same function (docs/protocol/encodings.md, section 7).
library NettingSum {
    /// @notice Adds a reserve's share.
    /// @param sum the sum so far.
    /// @param zeta the run's challenge, below the scalar field.
    /// @param instrumentId the asset.
    /// @param lots the reserve.
    /// @return the sum with it.
    function add(uint256 sum, uint256 zeta, uint32 instrumentId, uint256 lots) internal view returns (uint256) {
        uint256 r = Bn254.SCALAR_FIELD;
        uint256 difference = addmod(zeta, r - instrumentId, r);
        uint256 inverse = Math.invModPrime(difference, r);
        // Zero has none; and a chain whose precompile does not answer gives none.
        if (mulmod(inverse, difference, r) != 1) revert ISolvencyRegistry.NoInverse(instrumentId);
        return addmod(sum, mulmod(lots, inverse, r), r);
    }
}
