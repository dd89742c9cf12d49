"""The figure that shows the claims."""
