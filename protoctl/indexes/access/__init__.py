"""How indexes are reached and what their answers mean; shared by the kinds, and no kind itself."""
