"""A million bad inputs against the real engine and the real conversation, beside a good session."""
