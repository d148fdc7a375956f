"""What the site's pages read of the database, as frozen values, a module a page: SQL stands here and not in pages."""
