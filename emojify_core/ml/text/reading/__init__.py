"""How a model reads a text: what is cleaned away, what symbols and chat words stand for."""
