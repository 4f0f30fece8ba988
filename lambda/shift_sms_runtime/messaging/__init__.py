"""What every text needs: phone numbers, encoding, at-most-once sends, rate and hourly limits."""
