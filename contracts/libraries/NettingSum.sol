// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISolvencyRegistry} from "../interfaces/ISolvencyRegistry.sol";
import {Bn254} from "./Bn254.sol";

/// @title The netting sum of the reserves
/// @author Ballast
/// @notice `sum of lots / (zeta - id)` over the scalar field r, which must be the accounts' own sum.
/// @dev SOUNDNESS: the accounts' sum is fixed by their root before zeta = H(root, snapshot). The reserves are not: they
/// are chosen when zeta is known, and so are the ids of a vault's further assets. Five reserves of 64 bits have 2^320
/// values and hit ANY sum modulo r; lattice reduction finds them in a second. A venue could thus show worthless tokens
/// of its own for what its customers hold, and cover up derivatives that don't net. Hence at most four reserves, of at
/// most 128 bits together: for one root and one set of ids a false list exists with probability 2^128 / r, so it takes
/// some 2^125 roots or sets to find one. Were zeta to bind the reserves too, no limit would be needed.
library NettingSum {
    /// @notice Most reserves.
    uint256 private constant MAX_RESERVES = 4;
    /// @notice Bits that all reserves have together.
    uint256 private constant FREEDOM = 128;
    /// @notice Bits of one, which the registry stores as uint64.
    uint256 private constant MAX_BITS = 64;

    /// @notice What each of `count` reserves must be below.
    /// @param count how many reserves are shown.
    /// @return the limit, in lots: 2^64 for one or two, 2^42 for three, 2^32 for four.
    function limitOf(uint256 count) internal pure returns (uint256) {
        if (count > MAX_RESERVES) revert ISolvencyRegistry.TooManyReserves(count);
        return count == 0 ? 0 : 1 << Math.min(MAX_BITS, FREEDOM / count);
    }

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
