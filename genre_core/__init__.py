"""Genrescope's library: decode audio, compute features, train and judge genre classifiers, classify songs.

The way of the data, and the package each step lives in::

    bytes or path -> Clip -> segments -> features -> model -> segment posteriors -> track posterior
      audio          audio     audio     features   models        inference            inference

It stands without the dashboard: it never imports streamlit or plotly, and importing it costs nothing.
"""

__version__ = "0.1.0"
