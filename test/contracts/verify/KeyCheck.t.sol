// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {KeyCheck} from "contracts/verify/KeyCheck.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";
import {Base} from "../helpers/Vm.sol";

/// Each rule broken alone, beside the key that breaks none. `chain/deploy/verifying-key` holds the constructor of every
/// verifier, and TypeScript, to one list.
contract KeyCheckTest is Base {
    uint256 private constant SEED = 31;
    uint256 private constant COUNT = 12;

    struct Key {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
        Bn254.G1[] ic;
    }

    function _key() private view returns (Key memory key) {
        key.alpha = Trapdoor.g1(Trapdoor.alphaLog(SEED));
        (key.beta, key.gamma, key.delta) = (Trapdoor.g2(2), Trapdoor.g2(3), Trapdoor.g2(5));
        key.ic = Trapdoor.signalPoints(SEED, COUNT);
    }

    function _isSound(Key memory key) private view returns (bool) {
        return KeyCheck.isSound(key.alpha, key.beta, key.gamma, key.delta, key.ic);
    }

    function _opposite(Bn254.G1 memory point) private pure returns (Bn254.G1 memory) {
        return Bn254.G1(point.x, Bn254.BASE_FIELD - point.y);
    }

    function _opposite(Bn254.G2 memory point) private pure returns (Bn254.G2 memory) {
        uint256 p = Bn254.BASE_FIELD;
        return Bn254.G2(point.x1, point.x0, p - point.y1, p - point.y0);
    }

    function test_TakesAKeyThatBreaksNoRule() public view {
        Key memory key = _key();
        vm.assertTrue(_isSound(key), "made up");
        key.gamma = Trapdoor.g2(1);
        vm.assertTrue(_isSound(key), "gamma is the generator, as in every key of snarkjs");
        key.ic = new Bn254.G1[](1);
        key.ic[0] = Trapdoor.g1(9);
        vm.assertTrue(_isSound(key), "one point");
    }

    function test_RefusesTheGeneratorForAlpha() public view {
        Key memory key = _key();
        key.alpha = Trapdoor.g1(1);
        vm.assertTrue(!_isSound(key), "the generator");
        key.alpha = _opposite(key.alpha);
        vm.assertTrue(!_isSound(key), "its opposite");
        key.alpha = Trapdoor.g1(2);
        vm.assertTrue(_isSound(key), "its double is an ordinary point");
    }

    function test_RefusesTheGeneratorForBetaAndDelta() public view {
        for (uint256 i = 0; i < 2; ++i) {
            Bn254.G2 memory generator = Trapdoor.g2(1);
            if (i == 1) generator = _opposite(generator);
            Key memory key = _key();
            key.beta = generator;
            vm.assertTrue(!_isSound(key), "beta");
            key = _key();
            key.delta = generator;
            vm.assertTrue(!_isSound(key), "delta");
            key = _key();
            key.gamma = generator;
            vm.assertTrue(_isSound(key), "gamma may be");
        }
    }

    function test_RefusesTwoPointsOfG2ThatAreAlike() public view {
        for (uint256 i = 0; i < 6; ++i) {
            Key memory key = _key();
            Bn254.G2 memory alike = i % 3 == 0 ? key.beta : i % 3 == 1 ? key.gamma : key.delta;
            if (i > 2) alike = _opposite(alike);
            if (i % 3 == 0) key.gamma = alike;
            else if (i % 3 == 1) key.delta = alike;
            else key.beta = alike;
            vm.assertTrue(!_isSound(key), "equal or opposite");
        }
    }

    function testFuzz_RefusesTwoIcPointsThatAreAlike(uint256 one, uint256 other, bool opposite) public view {
        (one, other) = (one % COUNT, other % COUNT);
        vm.assume(one != other);
        Key memory key = _key();
        key.ic[one] = opposite ? _opposite(key.ic[other]) : key.ic[other];
        vm.assertTrue(!_isSound(key), "alike");
        key.ic[one] = Trapdoor.g1(Trapdoor.signalLog(SEED, COUNT));
        vm.assertTrue(_isSound(key), "another");
    }

    function testFuzz_RefusesAnIcPointOutsideItsGroup(uint256 which, uint256 kind) public view {
        Key memory key = _key();
        Bn254.G1 memory point = key.ic[which % COUNT];
        if (kind % 4 == 0) (point.x, point.y) = (0, 0);
        else if (kind % 4 == 1) point.y = addmod(point.y, 1, Bn254.BASE_FIELD);
        else if (kind % 4 == 2) point.x += Bn254.BASE_FIELD;
        else point.y += Bn254.BASE_FIELD;
        vm.assertTrue(!_isSound(key), "outside");
    }

    function test_RefusesAlphaOutsideItsGroup() public view {
        for (uint256 i = 0; i < 4; ++i) {
            Key memory key = _key();
            if (i == 0) key.alpha = Bn254.G1(0, 0);
            else if (i == 1) key.alpha.y = addmod(key.alpha.y, 1, Bn254.BASE_FIELD);
            else if (i == 2) key.alpha.x += Bn254.BASE_FIELD;
            else key.alpha.y += Bn254.BASE_FIELD;
            vm.assertTrue(!_isSound(key), "outside");
        }
    }

    function test_RefusesPointsOfG2OutsideTheirGroup() public view {
        for (uint256 i = 0; i < 9; ++i) {
            Key memory key = _key();
            Bn254.G2 memory point = i % 3 == 0 ? key.beta : i % 3 == 1 ? key.gamma : key.delta;
            if (i < 3) (point.x1, point.x0, point.y1, point.y0) = (0, 0, 0, 0);
            else if (i < 6) point.y0 = addmod(point.y0, 1, Bn254.BASE_FIELD);
            else point.x0 += Bn254.BASE_FIELD;
            vm.assertTrue(!_isSound(key), "outside");
        }
    }
}
