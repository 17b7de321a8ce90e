"""Where personal data lives: systems, tables, links, people, and what a live schema says against their map."""
