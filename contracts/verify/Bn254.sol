// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title BN254 through the EVM's precompiles
/// @author Ballast
/// @notice Points of G1 and G2, scalar multiplication, addition and the pairing check (EIP-196, EIP-197).
/// The precompiles refuse coordinates >= the base field, points off the curve and, for G2, points outside the
/// subgroup of prime order; every function here reports such a refusal as `ok == false`.
/// A refusing precompile burns all the gas it was given, so each gets at most about twice what EIP-1108 charges
/// (150 an addition, 6,000 a multiplication, 45,000 + 34,000 a pair): a bad point must not cost its relayer everything.
library Bn254 {
    /// @notice A point of G1; (0, 0) is the point at infinity.
    struct G1 {
        uint256 x;
        uint256 y;
    }

    /// @notice A point of G2 in the EVM's order: the imaginary part (c1) first.
    struct G2 {
        uint256 x1;
        uint256 x0;
        uint256 y1;
        uint256 y0;
    }

    /// @notice Order of the base field: coordinates are below it.
    uint256 internal constant BASE_FIELD = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// @notice Order of the groups and of the circuits' field: signals are below it.
    uint256 internal constant SCALAR_FIELD = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @notice Scalars below this are multiplied by adding.
    uint256 private constant SMALL = 8;
    /// @notice Gas limit of an addition. The limits are ten times the cost: a fork that reprices precompiles must
    /// not turn every proof into a bad one.
    uint256 private constant ADD_GAS = 2_000;
    /// @notice Gas limit of a multiplication.
    uint256 private constant MUL_GAS = 60_000;
    /// @notice Gas limit of a pairing check, before its pairs.
    uint256 private constant PAIRING_BASE_GAS = 90_000;
    /// @notice Gas limit of each pair.
    uint256 private constant PAIRING_GAS = 68_000;

    /// @notice Adds `scalar * (x, y)` to `acc`, in place.
    /// @param acc the accumulator; unspecified when the result is not ok.
    /// @param x first coordinate of the point.
    /// @param y second coordinate of the point.
    /// @param scalar any 256-bit number; it counts modulo the scalar field.
    /// @return ok whether both precompiles accepted their inputs.
    function addScaled(G1 memory acc, uint256 x, uint256 y, uint256 scalar) internal view returns (bool ok) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(add(buffer, 0x40), x)
            mstore(add(buffer, 0x60), y)
            mstore(add(buffer, 0x80), scalar)
            ok := staticcall(MUL_GAS, 0x07, add(buffer, 0x40), 0x60, add(buffer, 0x40), 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
            mcopy(buffer, acc, 0x40)
            ok := and(ok, staticcall(ADD_GAS, 0x06, buffer, 0x80, acc, 0x40))
            ok := and(ok, eq(returndatasize(), 0x40))
        }
    }

    /// @notice Adds the point `(x, y)` to `acc`, in place.
    /// @param acc the accumulator; unspecified when the result is not ok.
    /// @param x first coordinate of the point.
    /// @param y second coordinate of the point.
    /// @return ok whether the precompile accepted its inputs.
    function add(G1 memory acc, uint256 x, uint256 y) internal view returns (bool ok) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mcopy(buffer, acc, 0x40)
            mstore(add(buffer, 0x40), x)
            mstore(add(buffer, 0x60), y)
            ok := staticcall(ADD_GAS, 0x06, buffer, 0x80, acc, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
        }
    }

    /// @notice Adds `sum_i scalar_i * point_i` to `acc`, in place.
    /// @dev A scalar below SMALL is done by additions, which cost less: signals such as a tier are small.
    /// @param acc the accumulator; unspecified when the result is not ok.
    /// @param points where the points are in memory, two words each.
    /// @param scalars where the scalars are in memory, one word each.
    /// @param count how many there are.
    /// @return ok whether the precompiles accepted their inputs.
    function addScaledAll(
        G1 memory acc,
        uint256 points,
        uint256 scalars,
        uint256 count
    ) internal view returns (bool ok) {
        assembly ("memory-safe") {
            // buffer: the sum (2 words), the term (2 words), its scalar
            let buffer := mload(0x40)
            let term := add(buffer, 0x40)
            ok := 1
            mcopy(buffer, acc, 0x40)
            for { let end := add(scalars, mul(count, 0x20)) } lt(scalars, end) { scalars := add(scalars, 0x20) } {
                let scalar := mload(scalars)
                mcopy(term, points, 0x40)
                points := add(points, 0x40)
                if iszero(lt(scalar, SMALL)) {
                    mstore(add(term, 0x40), scalar)
                    ok := and(staticcall(MUL_GAS, 0x07, term, 0x60, term, 0x40), ok)
                    ok := and(eq(returndatasize(), 0x40), ok)
                    scalar := 1
                }
                for {} scalar { scalar := sub(scalar, 1) } {
                    ok := and(staticcall(ADD_GAS, 0x06, buffer, 0x80, buffer, 0x40), ok)
                    ok := and(eq(returndatasize(), 0x40), ok)
                }
            }
            mcopy(acc, buffer, 0x40)
        }
    }

    /// @notice Writes `scalar` times a point of the calldata to memory.
    /// @param target where the result goes, two words.
    /// @param source where the point is in the calldata, two words.
    /// @param scalar any 256-bit number.
    /// @return ok whether the precompile accepted its inputs.
    function scaleFromCalldata(uint256 target, uint256 source, uint256 scalar) internal view returns (bool ok) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            calldatacopy(buffer, source, 0x40)
            mstore(add(buffer, 0x40), scalar)
            ok := staticcall(MUL_GAS, 0x07, buffer, 0x60, target, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
        }
    }

    /// @notice Whether the product of pairings is one.
    /// @param input where the pairs are in memory, six words each: G1 (x, y), G2 (x1, x0, y1, y0).
    /// @param pairs how many there are.
    /// @return whether the precompile accepted the points and the product is one.
    function pairing(uint256 input, uint256 pairs) internal view returns (bool) {
        bool ok;
        uint256 result;
        assembly ("memory-safe") {
            let gasLimit := add(PAIRING_BASE_GAS, mul(PAIRING_GAS, pairs))
            ok := staticcall(gasLimit, 0x08, input, mul(pairs, 0xc0), 0x00, 0x20)
            ok := and(ok, eq(returndatasize(), 0x20))
            result := mload(0x00)
        }
        return ok && result == 1;
    }

    /// @notice Whether `(x, y)` is a point of G1 other than infinity, with canonical coordinates.
    /// @param x first coordinate.
    /// @param y second coordinate.
    /// @return whether y^2 = x^3 + 3 and both are below the base field.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= BASE_FIELD || y >= BASE_FIELD) return false;
        uint256 cube = mulmod(mulmod(x, x, BASE_FIELD), x, BASE_FIELD);
        return mulmod(y, y, BASE_FIELD) == addmod(cube, 3, BASE_FIELD);
    }

    /// @notice Whether all points are in G2 and none is infinity (the pairing precompile checks the subgroup).
    /// @param points the points.
    /// @return whether all are valid.
    function isInG2(G2[] memory points) internal view returns (bool) {
        uint256[] memory input = new uint256[](6 * points.length);
        uint256 start;
        assembly ("memory-safe") {
            start := add(input, 0x20)
        }
        for (uint256 i = 0; i < points.length; ++i) {
            G2 memory p = points[i];
            if ((p.x1 | p.x0 | p.y1 | p.y0) == 0) return false;
            (input[6 * i + 2], input[6 * i + 3]) = (p.x1, p.x0);
            (input[6 * i + 4], input[6 * i + 5]) = (p.y1, p.y0);
        }
        return pairing(start, points.length);
    }
}
