"""Pure functions from arrays and small results to plotly figures; no streamlit, so that they are tested without a browser."""
