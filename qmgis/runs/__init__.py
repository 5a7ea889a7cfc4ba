"""A city's runs, from its layers to an outcome; used by the command line and the app."""
