"""What runs when: polling, the site, and the jobs of the schedule."""
