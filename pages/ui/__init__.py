"""The only shared code that imports streamlit: page frame, caches, forms, pickers, errors, the link between URL and widgets."""
