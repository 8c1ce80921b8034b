// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "./Bn254.sol";

/// @title What a verifying key must hold
/// @author Ballast
/// @notice The rules of src/prover/check-key.ts, for the points that a verifier is given: a key that breaks one lets
/// anybody forge. Constructors alone call it, so no deployed verifier holds it.
/// A key that passes can still have been made by somebody who kept its secrets: nothing in a key shows that.
library KeyCheck {
    /// @notice First coordinate of the generator of G1.
    uint256 private constant GENERATOR_X = 1;
    /// @notice First coordinate of the generator of G2, imaginary part.
    uint256 private constant GENERATOR_X1 =
        11559732032986387107991004021392285783925812861821192530917403151452391805634;
    /// @notice The same, real part.
    uint256 private constant GENERATOR_X0 =
        10857046999023057135944570762232829481370756359578518086990519993285655852781;

    /// @notice Whether a key may be used. Equal x means equal or opposite, and both are refused together:
    /// 1. alpha and every IC point are on the curve, with canonical coordinates, and none is infinity;
    /// 2. beta, gamma and delta are in G2, with canonical coordinates, and none is infinity;
    /// 3. no two of beta, gamma, delta are alike: C or A could cancel what they multiply;
    /// 4. alpha, beta and delta are not the generator: their secret would be 1. gamma may be, and is in most keys;
    /// 5. no two IC points are alike: two signals could be exchanged, or shifted together.
    /// The points of a snapshot's inputs aren't among them: a verifier over a table holds their hash alone. Whoever
    /// loads the key checks all of them, `deploy` included.
    /// @param alpha first point of the key.
    /// @param beta second point.
    /// @param gamma third point.
    /// @param delta fourth point.
    /// @param ic the points of the signals, and of the constant where the key has it.
    /// @return whether it holds all of this.
    function isSound(
        Bn254.G1 memory alpha,
        Bn254.G2 memory beta,
        Bn254.G2 memory gamma,
        Bn254.G2 memory delta,
        Bn254.G1[] memory ic
    ) internal view returns (bool) {
        if (!Bn254.isOnCurve(alpha.x, alpha.y) || alpha.x == GENERATOR_X) return false;
        if (_isGenerator(beta) || _isGenerator(delta)) return false;
        if (_areAlike(beta, gamma) || _areAlike(gamma, delta) || _areAlike(delta, beta)) return false;
        if (!_areDistinct(ic)) return false;
        Bn254.G2[] memory points = new Bn254.G2[](3);
        (points[0], points[1], points[2]) = (beta, gamma, delta);
        return Bn254.isInG2(points);
    }

    /// @notice Whether points are on the curve and no two are equal or opposite. Each is held against those before it:
    /// a key has two dozen at most.
    /// @param points the points.
    /// @return whether they are.
    function _areDistinct(Bn254.G1[] memory points) private pure returns (bool) {
        for (uint256 i = 0; i < points.length; ++i) {
            uint256 x = points[i].x;
            if (!Bn254.isOnCurve(x, points[i].y)) return false;
            for (uint256 j = 0; j < i; ++j) if (points[j].x == x) return false;
        }
        return true;
    }

    /// @notice Whether two points are equal or opposite.
    /// @param p one.
    /// @param q the other.
    /// @return whether they have one x.
    function _areAlike(Bn254.G2 memory p, Bn254.G2 memory q) private pure returns (bool) {
        return p.x1 == q.x1 && p.x0 == q.x0;
    }

    /// @notice Whether a point is the generator or its opposite.
    /// @param point the point.
    /// @return whether it is.
    function _isGenerator(Bn254.G2 memory point) private pure returns (bool) {
        return point.x1 == GENERATOR_X1 && point.x0 == GENERATOR_X0;
    }
}
