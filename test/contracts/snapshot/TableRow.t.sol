// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TableRow} from "contracts/snapshot/TableRow.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {Base} from "../helpers/Vm.sol";

contract TableRowTest is Base {
    int256 private constant LIMIT = 1 << 39;

    function isWellFormed(uint256[] calldata row, uint256 lanes, uint256 previousId) external pure returns (bool) {
        return TableRow.isWellFormed(row, lanes, previousId);
    }

    function _element(int256 v0, int256 v1, int256 v2) private pure returns (uint256) {
        int256 sum = v0 + v1 * int256(1 << 84) + v2 * int256(1 << 168);
        return sum >= 0 ? uint256(sum) : Bn254.SCALAR_FIELD - uint256(-sum);
    }

    function _row(uint256 element, uint256 longCharge, uint256 shortCharge, uint256 id)
        private
        pure
        returns (uint256[] memory row)
    {
        row = new uint256[](4);
        (row[0], row[1], row[2], row[3]) = (element, longCharge, shortCharge, id);
    }

    function test_Shapes() public pure {
        vm.assertEq(TableRow.laneCount(35, 2), 42, "lanes");
        vm.assertEq(TableRow.width(35, 2), 17, "flagship");
        vm.assertEq(TableRow.width(5, 2), 7, "small");
        vm.assertEq(TableRow.width(1, 1), 5, "5 lanes in 2 elements");
    }

    /// The lanes are in range exactly when the packed element passes: checked against plain integers.
    function testFuzz_DecodesExactly(int256 v0, int256 v1, int256 v2) public view {
        v0 = v0 % (2 * LIMIT);
        v1 = v1 % (2 * LIMIT);
        v2 = v2 % (2 * LIMIT);
        bool expected = v0 < LIMIT && v0 > -LIMIT && v1 < LIMIT && v1 > -LIMIT && v2 < LIMIT && v2 > -LIMIT;
        bool found = this.isWellFormed(_row(_element(v0, v1, v2), 0, 0, 1), 3, 0);
        vm.assertTrue(found == expected, "range");
    }

    function test_Boundaries() public view {
        int256[5] memory values = [int256(0), LIMIT - 1, LIMIT, -(LIMIT - 1), -LIMIT];
        bool[5] memory fine = [true, true, false, true, false];
        for (uint256 k = 0; k < 3; ++k) {
            for (uint256 i = 0; i < 5; ++i) {
                int256[3] memory v;
                v[k] = values[i];
                uint256[] memory row = _row(_element(v[0], v[1], v[2]), 0, 0, 1);
                vm.assertTrue(this.isWellFormed(row, 3, 0) == fine[i], "boundary");
                // all three at the boundary
                row = _row(_element(values[i], values[i], values[i]), 0, 0, 1);
                vm.assertTrue(this.isWellFormed(row, 3, 0) == fine[i], "three boundaries");
            }
        }
    }

    function testFuzz_MissingLanesAreZero(int256 value, uint256 count) public view {
        value = value % LIMIT;
        vm.assume(value != 0);
        count = bound(count, 1, 2);
        uint256 element = count == 1 ? _element(1, value, 0) : _element(1, 1, value);
        vm.assertTrue(!this.isWellFormed(_row(element, 0, 0, 1), count, 0), "a lane too many");
        vm.assertTrue(this.isWellFormed(_row(element, 0, 0, 1), count + 1, 0), "fits one more");
    }

    function testFuzz_RefusesElementsOutsideTheField(uint256 element) public view {
        element = bound(element, Bn254.SCALAR_FIELD, type(uint256).max);
        vm.assertTrue(!this.isWellFormed(_row(element, 0, 0, 1), 3, 0), "not canonical");
    }

    /// Any element at all, near zero and near p as well: a slow decoder with signed digits agrees.
    function testFuzz_AgreesWithASlowDecoder(uint256 element, uint256 shift, bool negative) public view {
        element = (element >> (shift % 256)) % Bn254.SCALAR_FIELD;
        if (negative && element != 0) element = Bn254.SCALAR_FIELD - element;
        int256 rest = element > Bn254.SCALAR_FIELD / 2
            ? -int256(Bn254.SCALAR_FIELD - element)
            : int256(element);
        bool expected = true;
        for (uint256 k = 0; k < 3; ++k) {
            int256 digit = rest % int256(1 << 84);
            if (digit > int256(1 << 83)) digit -= int256(1 << 84);
            if (digit < -int256(1 << 83)) digit += int256(1 << 84);
            rest = (rest - digit) / int256(1 << 84);
            if (digit >= LIMIT || digit <= -LIMIT) expected = false;
        }
        if (rest != 0) expected = false;
        vm.assertTrue(this.isWellFormed(_row(element, 0, 0, 1), 3, 0) == expected, "decoders differ");
    }

    function testFuzz_ChargesAndIds(uint256 longCharge, uint256 shortCharge, uint256 id, uint256 previous) public view {
        longCharge >>= longCharge % 256;
        shortCharge >>= shortCharge % 256;
        id >>= id % 256;
        previous >>= 236;
        bool expected = longCharge < 1 << 39 && shortCharge < 1 << 39 && id < 1 << 20 && id > previous;
        bool found = this.isWellFormed(_row(_element(1, -1, 1), longCharge, shortCharge, id), 3, previous);
        vm.assertTrue(found == expected, "charges and id");
    }
}
