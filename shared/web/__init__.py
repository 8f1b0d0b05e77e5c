"""What every HTTP service stands on: whose host it is, what a body may be, how a refusal looks, what a page needs."""
