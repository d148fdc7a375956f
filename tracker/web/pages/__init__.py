"""The site's own pages, one module each: it reads its data and renders its template."""
