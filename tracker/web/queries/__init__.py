"""The queries of the site's pages, one module per page, returning frozen values; pages contain no SQL."""
