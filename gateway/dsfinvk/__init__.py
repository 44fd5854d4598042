"""The DSFinV-K export: closed periods of the journal as the twenty tables that a tax auditor asks for, in one ZIP.

Made in a child process of its own, because a year of sales must neither stand in the memory of the gateway nor slow down its recording.
Parent's side: `desk`. Nothing here is shared with the checker in `branchgate.dsfinvk`, which is to find what this one gets wrong.
"""
