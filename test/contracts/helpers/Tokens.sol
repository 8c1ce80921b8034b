// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ICollateralVault} from "contracts/interfaces/ICollateralVault.sol";

/// An honest token.
contract Token is ERC20("Token", "T") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// Takes a unit from whoever receives, or charges one more to whoever sends.
contract FeeToken is Token {
    bool public chargesSender;

    function setChargesSender(bool value) external {
        chargesSender = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0) || to == address(0)) return;
        if (chargesSender) super._update(from, address(0), 1);
        else super._update(to, address(0), 1);
    }
}

/// Moves nothing, and says so without reverting.
contract FalseToken is Token {
    function transfer(address, uint256) public pure override returns (bool) {
        return false;
    }

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// Says that it moved what it did not.
contract LyingToken is Token {
    function transfer(address, uint256) public pure override returns (bool) {
        return true;
    }

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return true;
    }
}

/// Returns nothing, as some large tokens do.
contract SilentToken {
    mapping(address holder => uint256 amount) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// Calls back into the vault while it moves.
contract ReentrantToken is Token {
    ICollateralVault private _vault;
    bytes private _data;

    function attack(ICollateralVault vault, bytes calldata data) external {
        (_vault, _data) = (vault, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (address(_vault) == address(0)) return;
        (bool ok, bytes memory reason) = address(_vault).call(_data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
