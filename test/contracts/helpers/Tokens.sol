// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// An honest token.
contract Token is ERC20("Token", "T") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// Some tokens' balances shrink by themselves.
    function burn(address from, uint256 amount) external {
        _burn(from, amount);
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

/// Moves nothing, and says so without reverting, unless it is told to be honest.
contract FalseToken is Token {
    bool private _honest;

    function setHonest(bool value) external {
        _honest = value;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return _honest && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return _honest && super.transferFrom(from, to, amount);
    }
}

/// Says that it moved what it did not, unless it is told to be honest.
contract LyingToken is Token {
    bool private _honest;

    function setHonest(bool value) external {
        _honest = value;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !_honest || super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !_honest || super.transferFrom(from, to, amount);
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

/// Makes a call while it moves.
contract ReentrantToken is Token {
    address private _target;
    bytes private _data;

    function attack(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        (bool ok, bytes memory reason) = _target.call(_data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
