"""The web process with time stamps at the steps of a prediction."""

from flask import Flask
from stamps import around

from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.result_subscription import Subscription
from web.__main__ import main

around(Flask, "wsgi_app", "web begins", "web is done")
around(PredictionQueue, "waiting", "web has read the request", "web knows the queue's length")
around(Subscription, "__enter__", None, "web listens")
around(PredictionQueue, "_publish", None, "web has published")
around(Subscription, "wait", None, "web hears the answer")

if __name__ == "__main__":
    main()
