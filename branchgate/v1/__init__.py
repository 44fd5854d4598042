"""Generated stubs of the contract in `protos/branchgate/v1`; made by the build and by `./scripts/gen`, never checked in."""
