"""The latent space: posteriors, planes, sampling, mixtures, traversals."""
