"""The pages about contracts: server-rendered, complete without a script, in the words of the portal’s own document."""
