"""The desk's pages about contracts: who has which, their keys, and the requests for keys."""

from services.contracts.http.desk_pages import contract, contracts, key, key_request, key_requests, links, new_contract

PAGES = (contracts, new_contract, contract, key_request, key, links, key_requests)  # no contract is called `new`
