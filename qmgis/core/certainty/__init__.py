"""How sure a class is: what may vary, the engine that draws, and what matters most."""
