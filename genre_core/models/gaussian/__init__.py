"""Tracks as Gaussians and genres as mixtures of them: divergence, k nearest neighbours, k-means, GMM. Served by numpy alone."""
