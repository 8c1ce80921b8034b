// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "../verify/Bn254.sol";

/// @title Well-formed table rows
/// @author Ballast
/// @notice What every proof relies on and no proof checks: lanes and charges below 2^39, ids distinct and in range.
library TableRow {
    /// @notice One in each of an element's three lanes.
    uint256 private constant ONES = 1 + (1 << 84) + (1 << 168);
    /// @notice Field elements of a row besides the packed lanes: two charges and the id.
    uint256 internal constant TAIL = 3;
    /// @notice The highest id of a collateral asset.
    uint256 private constant LAST_COLLATERAL_ID = 7;

    /// @notice Lanes of a shape.
    /// @param scenarios S.
    /// @param underlyings K.
    /// @return the number of lanes.
    function laneCount(uint256 scenarios, uint256 underlyings) internal pure returns (uint256) {
        return 1 + scenarios + 3 * underlyings;
    }

    /// @notice Field elements of a row.
    /// @param scenarios S.
    /// @param underlyings K.
    /// @return E + 3.
    function width(uint256 scenarios, uint256 underlyings) internal pure returns (uint256) {
        return (laneCount(scenarios, underlyings) + 2) / 3 + TAIL;
    }

    /// @notice Whether a row's lanes, charges and id are in range, and its id above the one before.
    /// @param row E packed elements, longCharge, shortCharge, instrumentId.
    /// @param lanes number of lanes.
    /// @param previousId the id of the row before, 0 for the first.
    /// @return whether it is well-formed.
    function isWellFormed(uint256[] calldata row, uint256 lanes, uint256 previousId) internal pure returns (bool) {
        uint256 elements = row.length - TAIL;
        for (uint256 e = 0; e < elements; ++e) {
            uint256 left = lanes - 3 * e;
            if (!_lanesInRange(row[e], left < 3 ? left : 3)) return false;
        }
        uint256 id = row[elements + 2];
        return row[elements] >> 39 == 0 && row[elements + 1] >> 39 == 0 && id >> 20 == 0 && id > previousId;
    }

    /// @notice What a lot of a row's instrument is worth: lane 0.
    /// @param row a well-formed row.
    /// @return micros micro-USD; 0 for a mark that is negative.
    function markOf(uint256[] calldata row) internal pure returns (uint40 micros) {
        uint256 offset = (1 << 39) - 1;
        uint256 lane = addmod(row[0], ONES * offset, Bn254.SCALAR_FIELD) & ((1 << 40) - 1);
        return lane > offset ? uint40(lane - offset) : 0;
    }

    /// @notice Whether a row is that of an expired option or future: a mark, and no risk.
    /// @param row a row of whatever width.
    /// @return whether all but mark and id are 0, the mark is in range, and the id a derivative's.
    function isSettled(uint256[] calldata row) internal pure returns (bool) {
        uint256 last = row.length - 1;
        for (uint256 e = 1; e < last; ++e) if (row[e] != 0) return false;
        uint256 id = row[last];
        return row[0] >> 39 == 0 && id > LAST_COLLATERAL_ID && id >> 20 == 0;
    }

    /// @notice One step of a table's hash.
    /// @param previous the hash so far.
    /// @param words the next row's elements, or other words.
    /// @return next keccak256(previous || words).
    function chain(bytes32 previous, uint256[] calldata words) internal pure returns (bytes32 next) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            let size := mul(words.length, 0x20)
            mstore(buffer, previous)
            calldatacopy(add(buffer, 0x20), words.offset, size)
            next := keccak256(buffer, add(size, 0x20))
        }
    }

    /// @notice Whether an element is `v0 + v1*2^84 + v2*2^168 mod p` with |v| < 2^39 in its `count` lanes and zero in
    /// the others.
    /// @dev Adding 2^39 - 1 to every lane makes the lanes w = v + 2^39 - 1, which must lie in 0 .. 2^40 - 2. The sum is
    /// far below p, so its digits are unique: no bit outside the low 40 of each lane, and none after adding one
    /// more to each (which refuses 2^40 - 1).
    /// @param element the element.
    /// @param count 1, 2 or 3.
    /// @return whether it is in range.
    function _lanesInRange(uint256 element, uint256 count) private pure returns (bool) {
        if (element >= Bn254.SCALAR_FIELD) return false;
        uint256 ones = ONES & ((1 << (84 * count)) - 1);
        uint256 outside = ~(ones * ((1 << 40) - 1));
        uint256 shifted = addmod(element, ones * ((1 << 39) - 1), Bn254.SCALAR_FIELD);
        return (shifted & outside) == 0 && ((shifted + ones) & outside) == 0;
    }
}
