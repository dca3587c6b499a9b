"""What a training is asked to do: the specification, its network, interventions on the way."""
