"""How far coverage goes under a scenario: the model (`model`), where it starts (`start`), scenarios as arrays (`plan`), runs (`runs`)."""
