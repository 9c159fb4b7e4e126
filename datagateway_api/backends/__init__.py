"""Where the catalogue lives: one abstract class, one folder for each implementation."""
