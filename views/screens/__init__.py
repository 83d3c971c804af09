"""One file per noun; nothing but declarations."""
