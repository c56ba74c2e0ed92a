"""Who has how much; money moves only by balanced journals."""
