"""What Classify is made of: who is asked and how, one song, many songs, live sound."""
