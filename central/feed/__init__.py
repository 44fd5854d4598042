"""What each branch may see of the catalogue, as the feed that its gateway follows."""
