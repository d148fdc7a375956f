"""The pages made for people, a module each: it asks for its parts and hands them to its template."""
